"""Element names across namespaces and decades, and an element's children by name.

A name is lower case with one fixed prefix: `title`, `media:content`, `dc:creator`. The
RSS and Atom namespaces, of which there were many, all have the empty prefix, as in
feedparser, because feeds mix them freely. Elements of namespaces that nobody here reads
have the name `""`.
"""

from functools import lru_cache

from lxml.etree import _Element

Groups = dict[str, list[_Element]]

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BASE = "{http://www.w3.org/XML/1998/namespace}base"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"

_PREFIXES = {
    "": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "http://purl.org/echo/": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/pie/": "",
    "http://purl.org/atompub/tombstones/1.0": "at:",
    "http://creativecommons.org/ns#": "cc:",
    "http://creativecommons.org/ns#license": "cc:",
    "http://web.resource.org/cc/": "cc:",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons:",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://search.yahoo.com/mrss": "media:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
_USERLAND_RSS = "http://backend.userland.com/rss"  # rss, rss2, rss191, ...


@lru_cache(maxsize=2048)
def name(tag: str) -> str:
    """Return the name of an lxml tag (`{namespace}local`), empty if nobody reads it."""
    namespace, _, local = tag.rpartition("}")
    namespace = namespace.lstrip("{").strip().lower()
    prefix = _PREFIXES.get(namespace)
    if prefix is None and namespace.startswith(_USERLAND_RSS):
        prefix = ""
    return "" if prefix is None else prefix + local.lower()


def children(element: _Element) -> Groups:
    """Return the child elements by name, each list in document order.

    What stands in a `media:group` counts as standing beside it (Media RSS section
    "media:group": several forms of one thing).
    """
    groups: Groups = {}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        known = name(child.tag)
        if known == "media:group":
            for word, members in children(child).items():
                groups.setdefault(word, []).extend(members)
        elif known:
            groups.setdefault(known, []).append(child)
    return groups
