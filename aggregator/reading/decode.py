"""Make UTF-8 of whatever bytes came, and say what kind of document they are.

In: the body of an answer and its Content-Type. Out: an XML feed or a JSON document in
UTF-8 without mark, DOCTYPE, named entities or the characters XML forbids, beginning with
its root element.
Refuses, with a word and a sentence: nothing at all, web pages, challenge pages, and
everything that is not a feed. Never raises anything but ReadError, whatever the bytes.

How the encoding is chosen. A browser asks the byte order mark, the header, then the
declaration. feedparser tries them in turn until one fits. We do both, with one rule
before them: bytes that are valid UTF-8 are UTF-8, whatever they are declared to be (of
457 collected feeds three are valid UTF-8 and declared ISO-8859-1; all three are UTF-8).
What a label means, `labels` says.
"""

import codecs
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from aggregator.errors import ReadError
from aggregator.reading import western
from aggregator.reading.entities import resolved
from aggregator.reading.labels import EBCDIC, SEVEN_BITS, read_as
from aggregator.reading.opening import opening, refusal

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16 LE, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The first character is ASCII in every feed, so its zeros tell the width (XML, app. F).
_WIDTHS = (
    (re.compile(rb"[\t\n\r <{\[]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[\t\n\r <{\[]"), "utf-32-be"),
    (re.compile(rb"[\t\n\r <{\[]\0"), "utf-16-le"),
    (re.compile(rb"\0[\t\n\r <{\[]"), "utf-16-be"),
)
_ASCII_BEGINS = re.compile(rb"[\t\n\r <{\[][^\0]")  # neither a mark nor another width
_DECLARATION_BYTES = 300
_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]{0,300}?\?>")
_MOST_BEFORE = 1024  # bytes of something else, in which browsers look for an encoding
_DECLARED = re.compile(rb"""\bencoding\s*=\s*["']([^"']{1,60})["']""")
# Blanks and "<", which are the same in each kind of EBCDIC; its quotes are not.
_EBCDIC_BEGINS = re.compile(rb"[\x05\r\x15\x25\x40]*\x4c(\x6f\xa7\x94)?")  # <?xm
_DECLARED_IN_EBCDIC = re.compile(
    r"\bencoding\s*=\s*\W([A-Za-z0-9_.:-]{1,40})", re.ASCII
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([^"';\s]+)""", re.IGNORECASE)
# What has to stand before other letters than ASCII in seven bits: without it "~user" is
# broken HZ, and an address.
_SHIFT = re.compile(rb"[\x0e\x1b]|~\{")
# Whole ones only: the first two bytes of many are "é”" in windows-1252.
_SEQUENCE = re.compile(
    rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)

# Characters that XML 1.0 section 2.2 forbids, as they stand in UTF-8.
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_GZIP = b"\x1f\x8b"
_REPLACEMENT = "\ufffd".encode()
_NONCHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_NONCHARACTER_BEGINS = 0xEF
# All but those of two to four digits: beyond the controls, before the surrogates.
_UNUSUAL_REFERENCE = re.compile(
    rb"&#(?!0*+(?:3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3});"
    rb"|[xX]0*+(?:[2-9a-fA-F][0-9a-fA-F]|[1-9a-cA-C][0-9a-fA-F]{2,3});)"
    rb"(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+));?"
)
_HIGHEST = 0x10FFFF
_MOST_DIGITS = 4_300  # `sys.int_info.default_max_str_digits`


class Decoded(Struct, frozen=True, kw_only=True):
    """A document in UTF-8. `json` holds the parsed document, None where it is XML."""

    document: bytes
    json: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()


def decode(body: bytes, *, content_type: str | None, max_bytes: int) -> Decoded:
    """Return the document that a body holds, in UTF-8.

    Gzip that no header announced is unpacked, up to `max_bytes`.

    Raises:
        ReadError: `empty`, `html-page`, `captcha`, `not-a-feed`; `too-large` or
            `unreadable` for gzip that grows past `max_bytes` or does not unpack;
            `unreadable` for a kind of EBCDIC that is not known here.
    """
    packed = body.startswith(_GZIP)
    if packed:
        body = _unpacked(body, max_bytes)
    document = utf8(body, content_type).strip()
    notes: tuple[str, ...] = ()
    if packed:
        notes = ("the document was gzip that no header announced",)
    if not document:
        what = "only blanks" if body else "no document"
        raise ReadError(
            f"the answer was empty: {what}, {len(body)} bytes", problem="empty"
        )
    if document[:1] in (b"{", b"["):
        return Decoded(document=document, json=_json(document), notes=notes)
    begin = opening(document)
    if begin.junk:
        notes += (f"{begin.root} bytes that are no XML stood before the feed",)
    document = resolved(begin.subset, document[begin.root :])
    return Decoded(document=document, notes=notes)


def utf8(body: bytes, content_type: str | None) -> bytes:
    """Return the bytes as UTF-8, with U+FFFD for what no encoding explains.

    The byte order mark and the XML declaration are gone: neither is true any more.
    Control characters that XML forbids are dropped, and references to them; references
    beyond Unicode become U+FFFD, as in a browser.

    Source: XML 1.0 section 2.2 and appendix F; WHATWG Encoding section 4.2.
    """
    document = _legal(_text(body, content_type))
    declaration = _DECLARATION.match(document)
    return document[declaration.end() :] if declaration else document


def _text(body: bytes, content_type: str | None) -> bytes:
    if not _ASCII_BEGINS.match(body):
        for mark, encoding in _MARKS:
            if body.startswith(mark):
                return _encoded(body[len(mark) :], encoding)
        for pattern, encoding in _WIDTHS:
            if pattern.match(body):
                return _encoded(body, encoding)
        if ebcdic := _ebcdic(body, content_type):
            # The line ends of mainframes, which would be read as an ellipsis.
            return _encoded(body, ebcdic).replace("\x85".encode(), b"\n")
    if is_utf8(body, content_type):
        return body
    encodings = tuple(_declared(body, content_type))
    for encoding in encodings:
        try:
            return body.decode(encoding).encode()
        except UnicodeError:
            continue
    return _encoded(body, _closest(body, encodings))


def _encoded(body: bytes, encoding: str) -> bytes:
    return body.decode(encoding, "replace").encode("utf-8", "replace")


def _ebcdic(body: bytes, content_type: str | None) -> str | None:
    """Return which EBCDIC a body is in that does not begin in ASCII, None if in none.

    As in feedparser the header says which, then the declaration; one that names another
    encoding is false, and cp037 the best guess.

    Raises:
        ReadError: `unreadable`, if it declares a kind that Python does not know.
    """
    begins = _EBCDIC_BEGINS.match(body)
    if not begins:
        return None
    beginning = body[:_DECLARATION_BYTES].decode("cp037").partition("?>")[0]
    declared = _DECLARED_IN_EBCDIC.findall(beginning) if begins[1] else []
    for label in (*_CHARSET.findall(content_type or ""), *declared):
        if (encoding := read_as(label)) in EBCDIC:
            return encoding
    if any(read_as(label) is None for label in declared):
        raise ReadError(
            f"it is in EBCDIC, and of a kind that is not read: {declared[0]}",
            problem="unreadable",
        )
    return "cp037" if begins[1] else None


def is_utf8(body: bytes, content_type: str | None) -> bool:
    """Whether a body that begins in ASCII is UTF-8, whatever it is declared to be.

    What is written in seven bits (ISO-2022-JP, HZ) is valid UTF-8, too, and believed to
    be what it says.
    """
    if body.isascii():
        return SEVEN_BITS.isdisjoint(_declared(body, content_type))
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    """Yield what the header and the declaration name, as far as it may be the encoding.

    A warning of PHP or a comment may stand before the declaration. EBCDIC is false
    here: any bytes are letters of it, and these are not.
    """
    charset = _CHARSET.search(content_type or "")
    declaration = _DECLARATION.search(body, 0, _MOST_BEFORE)
    label = _DECLARED.search(declaration[0]) if declaration else None
    for said in (charset and charset[1], label and label[1].decode("latin-1")):
        if said and (encoding := read_as(said)) and encoding not in EBCDIC:
            yield encoding


def _closest(body: bytes, encodings: tuple[str, ...]) -> str:
    """Return the encoding under which fewest characters are lost, none being right.

    One broken byte in a declared encoding costs one character. Without declaration, or
    with a false one of UTF-8, bytes that never form a UTF-8 sequence are windows-1252
    where they read like it. (A browser shows U+FFFD for each in HTML, and an error for
    the whole in XML.)
    """
    if body.isascii() and not _SHIFT.search(body):
        return "utf-8"
    believed = encodings[0] if encodings else "utf-8"
    if believed == "utf-8" and _SEQUENCE.search(body):
        return "utf-8"
    other = next((e for e in encodings if e != "utf-8"), None)
    return other or ("cp1252" if western.reads_as_western(body) else "utf-8")


def _legal(document: bytes) -> bytes:
    # Of a byte alone it is told in no time whether it occurs.
    if any(control in document for control in _CONTROLS):
        document = document.translate(None, _CONTROLS)
    if _NONCHARACTER_BEGINS in document:
        document = _NONCHARACTER.sub(b"", document)
    legal = _UNUSUAL_REFERENCE.sub(_legal_reference, document)
    if len(legal) == len(document):
        return legal
    # What was cut out may have stood in the midst of another one: nothing is, this time.
    return _UNUSUAL_REFERENCE.sub(
        lambda found: _legal_reference(found) or _REPLACEMENT, legal
    )


def _legal_reference(reference: re.Match[bytes]) -> bytes:
    hexadecimal, decimal = reference.groups()
    digits = hexadecimal or decimal
    if len(digits) > len("1114111"):
        return _REPLACEMENT
    code = int(digits, 16 if hexadecimal else 10)
    if code > _HIGHEST or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - surrogates
        return _REPLACEMENT
    if code in (0xFFFE, 0xFFFF) or (code < ord(" ") and code in _CONTROLS):
        return b""
    return reference[0]


def _unpacked(body: bytes, max_bytes: int) -> bytes:
    """Return what gzip holds in all its members (RFC 1952, section 2.2)."""
    document, rest = b"", body
    while rest.startswith(_GZIP):
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            document += unpacker.decompress(rest, max_bytes + 1 - len(document))
        except zlib.error as error:
            raise ReadError(f"broken gzip: {error}", problem="unreadable") from error
        if len(document) > max_bytes:
            size = f"{max_bytes / 1_048_576:g} MiB"
            message = f"gzip that unpacks to more than {size}"
            raise ReadError(message, problem="too-large")
        rest = unpacker.unused_data
    return document


def _whole(digits: str) -> int | str:
    """Return a whole number, or its digits where they are more than Python reads."""
    return int(digits) if len(digits) < _MOST_DIGITS else digits


def _json(document: bytes) -> dict[str, Any]:
    try:
        # Feeds written by templates have line breaks and tabs in their texts.
        parsed = json.loads(document.decode(), strict=False, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise refusal("not a feed but broken JSON", document, "not-a-feed") from error
    if isinstance(parsed, dict) and isinstance(parsed.get("items"), list):
        return parsed
    raise refusal("not a feed but other JSON", document, "not-a-feed")
