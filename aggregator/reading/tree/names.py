"""Element names across namespaces and decades, and an element's children by name.

A name is lower case with one fixed prefix: `title`, `media:content`, `dc:creator`. The
RSS and Atom namespaces, of which there were many, all have the empty prefix, as in
feedparser, because feeds mix them freely. So has an unknown namespace where it is the
default one (`xmlns="http://purl.org/rss/1.0"`, without the slash, is meant well); other
elements that nobody here reads have the name `""`.
"""

from functools import lru_cache

from lxml.etree import _Element

Groups = dict[str, list[_Element]]
Named = list[tuple[str, _Element]]

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BASE = "{http://www.w3.org/XML/1998/namespace}base"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
RDF_VALUE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}value"
RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
# What is an entry in any dialect, whatever its namespace.
ITEM_TAGS = tuple(
    f"{{*}}{name}"
    for word in ("item", "entry")
    for name in (word, word.title(), word.upper())
)

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
    "http://webns.net/mvcb/": "admin:",
}
# Of these vocabularies this is read; all else in them stays without a name.
_ALONE = {
    "{http://www.w3.org/2007/app}control": "app:control",
    "{http://www.w3.org/2007/app}draft": "app:draft",
    "{http://purl.org/atom/app#}control": "app:control",
    "{http://purl.org/atom/app#}draft": "app:draft",
}
_USERLAND_RSS = "http://backend.userland.com/rss"  # rss, rss2, rss191, ...


# What a prefix means where its address is none of these, as in feedparser: publishers
# rewrite `http:` to `https:` in all of a site, leave a slash out, or make one up.
_CUSTOMARY = {
    prefix.rstrip(":"): prefix
    for prefix in (*_PREFIXES.values(), "creativeCommons:")
    if prefix
}


def name(element: _Element) -> str:
    """Return the name of an element, empty if nobody reads it or it is none."""
    tag = element.tag
    return _name(tag, element.prefix) if isinstance(tag, str) else ""


@lru_cache(maxsize=2048)
def _name(tag: str, prefix: str | None) -> str:
    if alone := _ALONE.get(tag.lower()):
        return alone
    namespace, _, local = tag.rpartition("}")
    vocabulary = _vocabulary(namespace.lstrip("{").strip().lower(), prefix)
    if vocabulary is None:
        return local.lower() if prefix is None else ""
    return (vocabulary + local).lower()


def _vocabulary(namespace: str, prefix: str | None) -> str | None:
    """Return the prefix that all elements of a namespace have here, None if unknown."""
    plain = namespace.replace("https:", "http:", 1)
    for written in (plain, plain + "/", plain.removesuffix("/")):
        if written in _PREFIXES:
            return _PREFIXES[written]
    if plain.startswith(_USERLAND_RSS):
        return ""
    return _CUSTOMARY.get(prefix) if prefix else None


def named(element: _Element) -> Named:
    """Return the child elements, each with its name, in document order."""
    return [(name(child), child) for child in element]


def children(element: _Element) -> Groups:
    """Return the child elements by name, each list in document order."""
    return grouped(named(element))


def grouped(elements: Named) -> Groups:
    """Return elements by name, each list in document order.

    What stands in a `media:group` counts as standing beside it (Media RSS section
    "media:group": several forms of one thing).
    """
    groups: Groups = {}
    for known, child in elements:
        if known == "media:group":
            for word, members in children(child).items():
                groups.setdefault(word, []).extend(members)
        elif known:
            groups.setdefault(known, []).append(child)
    return groups
