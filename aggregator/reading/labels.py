"""Say which codec a document is read with that declares an encoding.

In: a label, as it stands in a header or an XML declaration. Out: Python's name of a
codec, or None where the label names no encoding of documents.
Labels mean what the WHATWG Encoding Standard says: ISO-8859-1 is windows-1252. What it
leaves out (code pages of DOS and of mainframes, johab, hz) means what feedparser says:
what Python's codec of that name does.
"""

import codecs
import re
from typing import Final

EBCDIC: Final = frozenset(
    {"cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"}
)
# They write other letters with bytes of ASCII only.
SEVEN_BITS: Final = frozenset(
    {"hz", "iso2022_jp", "iso2022_kr"}
    | {f"iso2022_jp_{part}" for part in ("1", "2", "2004", "3", "ext")}
)

_DOS_PAGES = (437, 720, 737, 775, 850, 852, *range(855, 859), *range(860, 867), 869)
_OTHER_PAGES = (874, 1006, 1125, *range(1250, 1259))
# What a declared encoding is read as, by Python's own name for it. A codec that is not
# here (punycode, utf-7, rot13, unicode_escape) is not an encoding of documents.
_SUPERSETS = {
    "utf-8": "utf-8",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc_jp": "euc_jp",
    "euc_kr": "cp949",
    "cp949": "cp949",
    **{
        name: name
        for name in (
            *("koi8-r", "koi8-t", "koi8-u", "kz1048", "ptcp154", "hp-roman8", "johab"),
            *("euc_jis_2004", "euc_jisx0213", "shift_jis_2004", "shift_jisx0213"),
            *("mac-arabic", "mac-croatian", "mac-cyrillic", "mac-farsi", "mac-greek"),
            *("mac-iceland", "mac-latin2", "mac-roman", "mac-romanian", "mac-turkish"),
            *SEVEN_BITS,
            *EBCDIC,
        )
    },
    **{f"cp{page}": f"cp{page}" for page in (*_DOS_PAGES, *_OTHER_PAGES)},
    **{
        f"iso8859-{part}": f"iso8859-{part}"
        for part in (*range(2, 9), 10, *range(13, 17))
    },
}
# Labels of the Encoding Standard, and IANA's of code pages, that Python does not know.
_OTHER_LABELS = {
    label: codec
    for codec, labels in {
        "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8",
        "iso8859-6": "iso-8859-6-e iso-8859-6-i csiso88596e csiso88596i",
        "iso8859-7": "sun_eu_greek",
        "iso8859-8": "iso-8859-8-e iso-8859-8-i csiso88598e csiso88598i logical visual",
        "iso8859-15": "csisolatin9",
        "koi8-r": "koi koi8",
        "koi8-u": "koi8-ru",
        "mac-roman": "mac csmacintosh",
        "mac-cyrillic": "mac-ukrainian",
        "mac-latin2": "mac-ce",
        "cp858": "ibm00858 cp00858 ccsid00858",
        "cp874": "windows-874 dos-874",
        "cp1140": "ibm01140 cp01140 ccsid01140",
        "gb18030": "csgb2312 gb_2312 gb_2312-80",
        "big5": "cn-big5 x-big5",
        "euc_jp": "cseucpkdfmtjapanese",
        "cp932": "windows-31j",
        "cp949": "cseuckr csksc56011987 iso-ir-149 ks_c_5601-1989 ksc_5601 windows-949",
    }.items()
    for label in labels.split()
} | {f"iso8859{part}": f"iso8859-{part}" for part in (*range(1, 12), *range(13, 16))}
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}")


def read_as(label: str) -> str | None:
    """Return the codec a label stands for, or None if it names no text encoding.

    A label of a wide encoding is false here: its zeros would show.
    """
    if not _LABEL.fullmatch(label):
        return None
    name = label.lower().removeprefix("x-")
    try:
        return _SUPERSETS.get(codecs.lookup(_OTHER_LABELS.get(name, name)).name)
    except (LookupError, ValueError):
        return None
