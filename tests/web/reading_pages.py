"""Pages read by a parser that forgives nothing."""

import html5lib

XHTML = "{http://www.w3.org/1999/xhtml}"


def strict(html):
    """Return the tree of a page; any error of HTML5 parsing raises."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def text(element):
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def texts(tree, path):
    return [text(element) for element in tree.findall(path)]


def one(tree, path):
    """The only element at a path."""
    (found,) = tree.findall(path)
    return found


def metas(tree):
    """What the head says, by name or property."""
    return {
        meta.get("name") or meta.get("property"): meta.get("content")
        for meta in tree.findall(".//head/meta")
        if meta.get("content")
    }


def links(tree, rel):
    return [
        link.attrib for link in tree.findall(".//head/link") if link.get("rel") == rel
    ]
