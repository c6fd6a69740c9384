"""What HTML shows as text, read by a parser and a list that are not ours.

html5lib parses; what is hidden and what stands apart is written down here once more,
from the definition of visible text in `aggregator.text.markup.visible` and from the
HTML standard's section on rendering (15.3). Nothing of the room is imported.
"""

import re
from xml.etree import ElementTree as ET

import html5lib

HIDDEN = frozenset(
    {
        *("annotation", "annotation-xml", "audio", "canvas", "datalist", "iframe"),
        *("noembed", "noframes", "rp", "script", "style", "svg", "template", "title"),
        "video",
    }
)
APART = frozenset(
    {
        # blocks, and what stands in a table
        *("address", "applet", "article", "aside", "blockquote", "body", "br"),
        *("caption", "center", "col", "colgroup", "dd", "details", "dialog", "dir"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
        *("frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup"),
        *("hr", "html", "legend", "li", "listing", "main", "marquee", "menu", "nav"),
        *("ol", "optgroup", "option", "p", "plaintext", "pre", "search", "section"),
        *("summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp"),
        # boxes in a line
        *("button", "embed", "iframe", "input", "meter", "object", "progress"),
        *("select", "svg", "textarea"),
    }
)
# What no XML can carry, and controls of direction that may have lost their partner.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


def tree(html):
    """Return the body that HTML makes, by the algorithm of the standard.

    A whole document, since html5lib loses words of fragments whose tables hold them.
    """
    document = html5lib.parse(f"<!DOCTYPE html><body>{html}", treebuilder="etree")
    return document[-1]


def words(html):
    """Return the visible text on one line."""
    return " ".join("".join(_text(tree(html))).replace("\f", " ").split())


def printable(text):
    """Return text without the characters that no output can carry."""
    return UNPRINTABLE.sub("", text)


def name_of(element):
    """Return the name of an element, None for a comment."""
    return None if element.tag is ET.Comment else element.tag.rpartition("}")[2]


def _text(element):
    yield element.text or ""
    for child in element:
        name = name_of(child)
        edge = " " if name in APART else ""
        yield edge
        if name and name not in HIDDEN:
            yield from _text(child)
        yield edge
        yield child.tail or ""
