"""Keep HTML from growing deeper than a parser can take.

In: HTML of strangers. Out: the same, without the tags that would nest more than 512
elements, or leave more than 16 formatting elements open. Their content stays.

Why: nh3 needs 0.6 s for 10 000 nested `div`, over 60 s for 100 000; and every block
inside 500 open `font` elements gets its own copy of all 500, so that 18 KB become 20 MB.
Chromium flattens below 512 too, so nobody ever saw more.

This reads tags as HTML5 does in all but corner cases of foreign content and of stray
quotes. Who finds one of those gains time until the reading process is killed at its
deadline, nothing else.
"""

import re
from collections import Counter
from collections.abc import Iterator

from aggregator.text.markup.allowed import BLOCKS

DEEPEST = 512
MOST_FORMATTING = 16

# After a tag's name: quotes count only behind an equals sign (HTML 13.2.5.33 to 39).
REST_OF_TAG = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+>"""
TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<[!?][^>]*+>"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+){REST_OF_TAG}",
    re.DOTALL,
)
START = re.compile("<[a-zA-Z]")
VOID = frozenset(
    {
        *("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr"),
        *("img", "input", "keygen", "link", "meta", "param", "source", "track", "wbr"),
    }
)
FORMATTING = frozenset(
    {
        *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike"),
        *("strong", "tt", "u"),
    }
)
# What a start tag ends without saying so (HTML 13.1.2.4, optional tags).
CELLS = frozenset({"p", "td", "th"})
ITEMS = frozenset({"dd", "dt", "p"})
ENDED_BY = {
    **dict.fromkeys(BLOCKS, frozenset({"p"})),
    "li": frozenset({"li", "p"}),
    "option": frozenset({"option"}),
    "dd": ITEMS,
    "dt": ITEMS,
    "td": CELLS,
    "th": CELLS,
    "tr": CELLS | {"tr"},
}
RAW = frozenset(
    {*("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp")}
)


def bounded(html: str) -> str:
    """Return `html` without the tags that nest too deep."""
    if len(START.findall(html)) <= DEEPEST:
        return html
    depth = _Depth()
    pieces: list[str] = []
    done = 0
    for tag in _tags(html):
        name = tag["name"].lower()
        fits = depth.end(name) if tag["end"] else depth.start(name)
        if not fits:
            pieces += [html[done : tag.start()], "" if name in FORMATTING else " "]
            done = tag.end()
    return "".join(pieces) + html[done:] if pieces else html


def _tags(html: str) -> Iterator[re.Match[str]]:
    """Yield start and end tags; comments and the inside of scripts hold none.

    The search ends at the last `>`: so each attempt to read a tag succeeds, and the
    time stays in proportion to the length (`<a<a<a` would be quadratic).
    """
    at, end = 0, html.rfind(">") + 1
    while (token := TOKEN.search(html, at, end)) is not None:
        at = token.end()
        if token["name"] is None:
            continue
        yield token
        name = token["name"].lower()
        if name == "plaintext":
            return
        if name in RAW and not token["end"]:
            closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
            if closing is None:
                return
            at = closing.start()


class _Depth:
    """The elements open at one point of a document, and the tags left out so far."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.formatting = 0
        self.left_out: Counter[str] = Counter()

    def start(self, name: str) -> bool:
        """Open an element; return False if its tag has to go."""
        if name in ENDED_BY:
            self._end_at_top(ENDED_BY[name])
        if name in VOID:
            return True
        formats = name in FORMATTING
        if len(self.open) >= DEEPEST or (
            formats and self.formatting >= MOST_FORMATTING
        ):
            self.left_out[name] += 1
            return False
        self.open.append(name)
        self.formatting += formats
        return True

    def end(self, name: str) -> bool:
        """Close an element; return False if its start tag was left out.

        Formatting elements inside a closed block stay open: the parser opens them
        again in the next one (HTML 13.2.4.3, active formatting elements).
        """
        if self.left_out[name]:
            self.left_out[name] -= 1
            return False
        if name in self.open:
            at = len(self.open) - 1 - self.open[::-1].index(name)
            if name in FORMATTING:
                del self.open[at]
                self.formatting -= 1
            else:
                self.open[at:] = [n for n in self.open[at:] if n in FORMATTING]
        return True

    def _end_at_top(self, names: frozenset[str]) -> None:
        ended = names | FORMATTING
        at = len(self.open)
        while at and self.open[at - 1] in ended:
            at -= 1
        self.open[at:] = [n for n in self.open[at:] if n in FORMATTING]
