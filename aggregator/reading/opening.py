"""Find the root element of a feed, and say what a document is if it has none.

In: a document in UTF-8 that is not JSON. Out: where its feed begins, and what its DOCTYPE
declares. Refuses web pages, challenge pages and everything else, with the first 80
characters. A warning that a program printed before its feed is passed over.

Source: XML 1.0 section 2.8.
"""

import re
from typing import Final

from msgspec import Struct

from aggregator.errors import ReadError
from aggregator.model import Problem
from aggregator.text import challenges

_QUOTED: Final = rb"""\"[^\"]*+\"|'[^']*+'"""
_COMMENT: Final = rb"<!--(?:(?!-->).)*+-->"

# The whole declaration; group 1 is the internal subset, if there is one.
_DOCTYPE = re.compile(
    rb"<!DOCTYPE(?=[\s\[>])(?:[^\[\]<>\"']++|" + _QUOTED + rb")*+"
    rb"(?:\[((?:[^\]\"'<]++|" + _QUOTED + rb"|" + _COMMENT + rb"|<(?!!--))*+)\]\s*+)?>",
    re.IGNORECASE | re.DOTALL,
)
_FEED_ROOT = re.compile(
    rb"<(?:[A-Za-z_][\w.-]{0,60}:)?(?:rss|rdf|feed|channel)(?=[\s/>])", re.IGNORECASE
)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_PAGE_PART = re.compile(
    rb"<(?:head|body|script|meta|title|div|p|h1|form)\b", re.IGNORECASE
)
_BEFORE_ROOT = re.compile(rb"<\?|<!--|<!\[CDATA\[|<[A-Za-z_]|<!doctype", re.IGNORECASE)
_ENDS = {b"<?": b"?>", b"<!--": b"-->", b"<![CDATA[": b"]]>"}
_LEADING_JUNK = 4096  # bytes: warnings that a program printed before its feed
_SHOWN = 80  # characters of a refused document that its sentence quotes


class Opening(Struct, frozen=True, kw_only=True):
    """Where the root element begins, in bytes. `junk`: more than a prolog is before it.

    `subset` is the internal subset of the DOCTYPE, empty if there is none.
    """

    root: int
    subset: bytes = b""
    junk: bool = False


def opening(document: bytes) -> Opening:
    """Return where the feed in a document begins.

    Raises:
        ReadError: `html-page`, `captcha` or `not-a-feed`.
    """
    first = _first_element(document)
    if first and _FEED_ROOT.match(document, first.root):
        return first
    feed = _FEED_ROOT.search(document, 0, _LEADING_JUNK)
    if feed and not _PAGE.search(document, 0, feed.start()):
        return Opening(root=feed.start(), junk=True)
    part = first and _PAGE_PART.match(document, first.root)
    if not part and not _PAGE.search(document, 0, challenges.SEARCHED):
        raise refusal("not a feed", document, "not-a-feed")
    if challenges.is_challenge(document):
        what = f"a robot check instead of the feed ({challenges.WHAT_NOW})"
        raise refusal(what, document, "captcha")
    raise refusal("a web page instead of the feed", document, "html-page")


def _first_element(document: bytes) -> Opening | None:
    """Return where the first element begins, or None if there is none to be found."""
    position = 0
    subset = b""
    while token := _BEFORE_ROOT.search(document, position):
        end = _ENDS.get(token[0])
        if end:
            closed = document.find(end, token.end())
            position = closed + len(end)
            if closed < 0:
                return None
        elif token[0].startswith(b"<!"):
            doctype = _DOCTYPE.match(document, token.start())
            if not doctype:
                return None
            subset = doctype[1] or b""
            position = doctype.end()
        else:
            return Opening(root=token.start(), subset=subset)
    return None


def refusal(what: str, document: bytes, problem: Problem) -> ReadError:
    """Return the error for a document that is something else, quoting its beginning."""
    return ReadError(f"{what}; it begins: {_quoted(document)}", problem=problem)


def _quoted(document: bytes) -> str:
    """Return the first 80 characters on one line, with what cannot be seen escaped."""
    text = " ".join(document[: _SHOWN * 8].decode("utf-8", "ignore").split())[:_SHOWN]
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )
