"""Look at published HTML with a parser that is not ours: what is in it that may not be.

The list here is written down once more on purpose: it is the promise, not the code.
"""

from html.parser import HTMLParser
from urllib.parse import urlsplit

TAGS = frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "audio",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "data",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "main",
        "mark",
        "nav",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "source",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "u",
        "ul",
        "var",
        "video",
        "wbr",
    ]
)
ATTRIBUTES = frozenset(
    [
        "alt",
        "cite",
        "colspan",
        "controls",
        "datetime",
        "dir",
        "height",
        "href",
        "hreflang",
        "lang",
        "open",
        "poster",
        "rel",
        "reversed",
        "rowspan",
        "scope",
        "span",
        "src",
        "start",
        "title",
        "type",
        "value",
        "width",
    ]
)
ADDRESSES = frozenset({"cite", "href", "poster", "src"})


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.wrong = []
        self.players = 0

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.wrong.append(f"<{tag}>")
        self.players += tag in {"audio", "video"}
        if tag == "source" and not (self.players and dict(attrs).get("src")):
            self.wrong.append("<source> that nothing plays")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.wrong.append(f"{tag} {name}")
            if name in ADDRESSES:
                self._check_address(tag, name, value)
            if name == "rel" and value != "noopener noreferrer nofollow":
                self.wrong.append(f"rel={value}")

    def handle_endtag(self, tag):
        self.players -= tag in {"audio", "video"}

    def _check_address(self, tag, name, value):
        parts = urlsplit(value)
        mail = (tag, name, parts.scheme) == ("a", "href", "mailto")
        if not mail and (parts.scheme not in {"http", "https"} or not parts.hostname):
            self.wrong.append(f"{tag} {name}={value}")

    def handle_comment(self, data):
        self.wrong.append(f"comment {data}")

    def handle_decl(self, decl):
        self.wrong.append(f"declaration {decl}")

    def unknown_decl(self, data):
        self.wrong.append(f"declaration {data}")

    def handle_pi(self, data):
        self.wrong.append(f"instruction {data}")


def not_allowed(html):
    """Return what stands in `html` that the allow-list does not name."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.wrong
