"""Say which codec a document is read with that declares an encoding.

In: a label, as it stands in a header or an XML declaration. Out: Python's name of a
codec, or None where the label names no encoding of documents.
Labels mean what the WHATWG Encoding Standard says: ISO-8859-1 is windows-1252.
"""

import codecs
import re

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
    "iso2022_jp": "iso2022_jp",
    "euc_kr": "cp949",
    "cp949": "cp949",
    "mac-roman": "mac-roman",
    "mac-cyrillic": "mac-cyrillic",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "cp037": "cp037",
    **{f"cp{page}": f"cp{page}" for page in (866, 874, *range(1250, 1259))},
    **{
        f"iso8859-{part}": f"iso8859-{part}"
        for part in (*range(2, 9), 10, *range(13, 17))
    },
}
# Labels of the Encoding Standard that Python does not know.
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
        "cp874": "windows-874 dos-874",
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
