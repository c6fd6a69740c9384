"""Tell whether a text is only the beginning of another: an excerpt of it.

In: two texts as HTML. Out: whether all visible words of the one, apart from an end that
says that there is more ("[...]", "... read on", a last link), begin the other, which
goes on. A text that shows nothing, not even a picture, begins any that shows words.
"""

import re

from aggregator.model import INVENTED
from aggregator.text import markup

_MORE = 8  # words at most in an end that says that there is more
_TAIL = 200  # characters at most of such an end
_LINK_END = re.compile(
    r"<a\s(?:[^<]|<(?!/?a\b))*+</a\s*>(?:[^\w<]|</?\w[^>]*>)*+\Z", re.IGNORECASE
)
_DOTS_END = re.compile(rf"\s?[\[(]?(?:…|\.\.+)(?:\s*+[^\s…]++){{0,{_MORE}}}\Z")
_SEEN = re.compile(r"<(?:audio|img|video)\b")  # as cleaned: no tracking pixel is one
_ENDS = " .…[]()→»"


def is_beginning(short: str, *, of: str) -> bool:
    """Tell whether the text that is HTML `short` is the beginning of the text of `of`."""
    whole = _bare(markup.visible_text(of))
    words = markup.visible_text(short)
    if _bare(words).startswith(whole):
        return False
    if not words:
        return not _SEEN.search(markup.clean(short, base=INVENTED).html)
    return any(
        whole.startswith(start)
        for start in map(_bare, _without_end(short, words))
        if start
    )


def _without_end(short: str, words: str) -> list[str]:
    """Return the words as they are, and without an end that points elsewhere."""
    found = [words, _before_dots(words)]
    last = max(short.rfind("<a "), short.rfind("<A "), 0)
    if link := _LINK_END.match(short, last):
        end = markup.visible_text(link[0])
        if len(end.split()) <= _MORE:
            cut = words.removesuffix(end)
            found += [cut, _before_dots(cut)]
    return found


def _before_dots(words: str) -> str:
    tail = _DOTS_END.search(words, max(0, len(words) - _TAIL))
    return words[: tail.start()] if tail else words


def _bare(words: str) -> str:
    return "".join(words.split()).rstrip(_ENDS)
