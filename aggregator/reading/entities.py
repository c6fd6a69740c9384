"""Resolve the named entities of a document, so that no parser has to.

In: what a DOCTYPE declares (its internal subset), and the document from its root element
on. Out: the document, in which every name that HTML defines, or that the DOCTYPE defines
as plain text, has become the text it stands for. No DTD is opened and nothing is expanded
twice.

Refuses documents that use an entity whose text is in another file, contains further
entities or mark-up, or grows the document by more than 1 MiB. The parsers cannot be
trusted with these: feedparser made a title of 300 MB from a document of 109 KB, because
where expat stops, its second parser goes on. A declaration nobody uses does no harm: old
feeds declare the W3C's character sets and are read.

Source: XML 1.0 sections 4.2 to 4.4.
"""

import re
from collections import Counter
from html.entities import name2codepoint

from aggregator.errors import ReadError

_QUOTED = rb"""\"[^\"]*+\"|'[^']*+'"""
_DECLARATION = re.compile(
    rb"<!ENTITY\s++(%\s++)?+([\w.:-]++)\s++((?:[^\"'<>]++|" + _QUOTED + rb")*+)>"
)
_PUBLIC_SET = re.compile(rb"PUBLIC\s+[\"']-//W3C//ENTITIES")
_USE = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos);)([A-Za-z_][\w.-]{0,60});")
_ESCAPED = re.compile(r"&(?:lt|gt|amp|quot|apos|#38|#60);")
_HIDING = re.compile(rb"<!(?:\[CDATA\[|--)")
_NUMBER = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));")
_GROWTH = 1_048_576  # bytes that entities may add to a document


def resolved(subset: bytes, document: bytes) -> bytes:
    """Return the document with its named entities replaced by their text.

    Names that nobody defined stay as they are, for the parser to make the best of.

    Raises:
        ReadError: `unreadable`, if it uses an entity that is not plain text of its own.
    """
    declared = _declared(subset)
    texts: dict[bytes, bytes] = {}
    pieces: list[bytes] = []
    uses: Counter[bytes] = Counter()
    position = 0
    while use := _next_use(document, position):
        name = use[1]
        if name not in texts:
            texts[name] = _text(name, declared)
        uses[name] += 1
        pieces += (document[position : use.start()], texts[name] or use[0])
        position = use.end()
        if uses[name] * len(texts[name]) > _GROWTH:
            raise _refusal(name, f"adds more than {_GROWTH // 1024} KiB of text")
    return b"".join((*pieces, document[position:])) if pieces else document


def _next_use(document: bytes, position: int) -> re.Match[bytes] | None:
    """Return the next reference to a name that is not in CDATA or a comment."""
    use = _USE.search(document, position)
    while use and (hiding := _HIDING.search(document, position, use.start())):
        end = b"-->" if hiding[0] == b"<!--" else b"]]>"
        position = document.find(end, hiding.end())
        if position < 0:
            return None
        if use.start() < position:
            use = _USE.search(document, position)
    return use


def _declared(subset: bytes) -> dict[bytes, bytes]:
    """Return the entities that a DOCTYPE declares, with their definitions as written."""
    declared: dict[bytes, bytes] = {}
    for parameter, name, definition in _DECLARATION.findall(subset):
        if not parameter:
            declared.setdefault(name, definition.strip())
        elif definition[:1] not in (b'"', b"'") and not _PUBLIC_SET.match(definition):
            raise _refusal(b"%" + name, "is defined in another file")
    return declared


def _text(name: bytes, declared: dict[bytes, bytes]) -> bytes:
    """Return what an entity stands for, fit to stand in XML; empty if undefined."""
    known = name2codepoint.get(name.decode("utf-8", "replace"))
    if known is not None:
        return chr(known).encode()
    definition = declared.get(name)
    if definition is None:
        return b""
    if definition[:1] not in (b'"', b"'"):
        raise _refusal(name, "is defined in another file")
    value = _NUMBER.sub(_character, definition[1:-1].decode("utf-8", "replace"))
    if any(mark in _ESCAPED.sub("", value) for mark in "&<%"):
        raise _refusal(name, "is made of further entities or mark-up")
    plain = value.replace(">", "&gt;").replace('"', "&quot;").replace("'", "&apos;")
    return plain.encode("utf-8", "replace")


def _character(number: re.Match[str]) -> str:
    code = int(number[1], 16) if number[1] else int(number[2])
    return chr(code) if code <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - Unicode's end


def _refusal(name: bytes, why: str) -> ReadError:
    shown = name.decode("utf-8", "replace")
    return ReadError(f"the entity {shown} {why}; not read", problem="unreadable")
