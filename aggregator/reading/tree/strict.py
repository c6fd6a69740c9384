"""What feedparser would say of a plain entry, read from its element.

In: an item of a well-formed document. Out: title, categories, dates and rights, for
which feedparser is the authority, or None where its answer would take more than these
few rules to foresee. Then feedparser reads the document itself.

An entry is plain if every child of it is either read by the tree anyway, or one of the
elements below, holding text alone, or something that feedparser puts aside: an element
without children in a vocabulary that has no say in these matters. Nineteen of twenty
feeds collected hold nothing else. A test compares both readers over every one of them.

The rules, as feedparser has them: of a date's many names the last element counts; a
category's text is its term where no attribute is, keywords are categories between
commas, and no category stands twice; of titles there may be one, which may be empty
where nothing else in the entry has one.
"""

from lxml.etree import _Element
from msgspec import Struct, field

from aggregator.reading.parsed import Category, Entry, Text, TextType
from aggregator.reading.tree import texts
from aggregator.reading.tree.document import Item, Tree
from aggregator.reading.tree.head import head
from aggregator.reading.tree.lean import READ_FROM_THE_TREE
from aggregator.reading.tree.names import children, name

_ROLES = {
    word: role
    for role, words in (
        ("title", ("title",)),
        ("category", ("category", "dc:subject")),
        ("keywords", ("itunes:keywords", "media:keywords")),
        ("published", ("published", "pubdate", "issued", "dcterms:issued")),
        (
            "updated",
            ("updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"),
        ),
        ("created", ("created", "dcterms:created")),
        ("rights", ("rights", "copyright", "dc:rights")),
    )
    for word in words
}

# Names in the vocabularies of feeds themselves that decide nothing here. Whatever else
# stands in these vocabularies, feedparser may have a rule for.
_PUT_ASIDE = frozenset(
    {
        *("cc:license", "creativecommons:license", "dc:identifier", "dc:language"),
        *("dc:publisher", "dc:source", "dc:type", "draft", "image", "itunes:block"),
        *("itunes:duration", "itunes:episode", "itunes:episodetype"),
        *("itunes:explicit", "itunes:isclosedcaptioned", "itunes:order"),
        *("itunes:season", "itunes:title", "media:community", "media:copyright"),
        *("media:hash", "media:player", "media:rating", "media:starrating"),
        *("media:statistics", "media:text", "post-id", "rdf:bag", "rdf:li"),
        *("xhtml:link",),
    }
)
_WITHIN_MEDIA = READ_FROM_THE_TREE | {"media:title"} | _PUT_ASIDE
_MEDIA = frozenset({"media:content", "media:thumbnail", "media:group"})

# Prefixes that feedparser takes for a vocabulary even where nobody declared it.
_MEANS_SOMETHING = frozenset(
    {
        *("admin", "cc", "cp", "creativecommons", "dc", "dcterms"),
        *("gml", "itunes", "media", "psc", "xhtml", "xml"),
    }
)
_TITLES = ("title", "dc:title", "media:title")
_PARENTS = frozenset({"channel", "feed", "rss", "rdf:rdf"})
_TITLE_TYPES: dict[str, TextType] = {
    "": texts.PLAIN,
    "text": texts.PLAIN,
    "plain": texts.PLAIN,
    "text/plain": texts.PLAIN,
    "html": texts.HTML,
    "text/html": texts.HTML,
}

_SCHEMES = {"itunes:keywords": "http://www.itunes.com/"}
_OF_A_CATEGORY = frozenset({"term", "scheme", "domain", "label"})

_Tag = list[str | None]  # term, scheme, label


def entries(tree: Tree) -> tuple[Entry, ...] | None:
    """Return title, categories, dates and rights of all items, None if one is not plain.

    A title has the type that its element declares. A head with several titles is not
    plain either: which of them counts depends on the entries between them.
    """
    groups = children(head(tree.root))
    if sum(len(groups.get(word, ())) for word in _TITLES) > 1:
        return None
    found: list[Entry] = []
    for item in tree.items or ():
        said = _entry(item)
        if said is None:
            return None
        found.append(said)
    return tuple(found)


class _Plain(Struct):
    """What a plain entry has said so far; `said` holds dates and rights by role."""

    title: _Element | None = None
    said: dict[str, str] = field(default_factory=dict)
    tags: list[_Tag] = field(default_factory=list)


def _entry(item: Item) -> Entry | None:
    parent = item.element.getparent()
    if parent is None or name(parent) not in _PARENTS or item.element.get("lastmod"):
        return None
    plain = _Plain()
    for word, child in item.children:
        tail = child.tail
        if (tail and not tail.isspace()) or not _take(child, word, plain):
            return None
    title = headline(plain.title) if plain.title is not None else None
    if title is None and not _is_untitled(item.element, plain.title):
        return None
    said = plain.said
    return Entry(
        title=title,
        categories=tuple(_categories(plain.tags)),
        published=said.get("published") or said.get("created") or None,
        updated=said.get("updated") or None,
        rights=said.get("rights") or None,
    )


def _take(child: _Element, word: str, plain: _Plain) -> bool:
    """Take what a child says; False if that takes feedparser."""
    if word in _MEDIA:
        return _only_holds(child, _WITHIN_MEDIA)
    if word in READ_FROM_THE_TREE:
        return True
    role = _ROLES.get(word)
    if role is None:
        return put_aside(child, word)
    if len(child) or (role == "title" and plain.title is not None):
        return False
    if role in _TAGGING:
        return _TAGGING[role](child, word, plain.tags)
    if role == "title":
        plain.title = child
    else:
        plain.said[role] = value(child)
    return role != "rights" or is_worded(child)


def _is_untitled(entry: _Element, title: _Element | None) -> bool:
    """Tell whether nothing in an entry is a title, or only its own, which is empty."""
    if title is not None and (value(title) or not is_worded(title)):
        return False
    return not any(
        name(inner) in _TITLES
        for inner in entry.iterdescendants()
        if inner is not title
    )


def is_worded(element: _Element) -> bool:
    """Tell whether an element says what it says in words of a usual type."""
    kind = (element.get("type") or "").strip().lower()
    return kind in _TITLE_TYPES and not element.get("mode") and not len(element)


def headline(title: _Element) -> Text | None:
    """Return a title, None where it is empty or not plainly text or HTML."""
    kind = _TITLE_TYPES.get((title.get("type") or "").strip().lower())
    words = value(title)
    if kind is None or not words or title.get("mode"):
        return None
    return Text(value=words, type=kind)


def put_aside(child: _Element, word: str, within: frozenset[str] = _PUT_ASIDE) -> bool:
    """Tell whether feedparser reads an element and says nothing of it that we use.

    `within` are the names of what it may hold.
    """
    if word and word not in _PUT_ASIDE:
        return False
    prefix = child.prefix and child.prefix.lower()
    if not word and (prefix is None or prefix in _MEANS_SOMETHING):
        return False
    return _only_holds(child, within)


def _only_holds(element: _Element, allowed: frozenset[str]) -> bool:
    """Tell whether all that stands in an element is allowed there."""
    return not len(element) or all(
        name(inner) in allowed for inner in element.iterdescendants()
    )


def value(element: _Element) -> str:
    """Return the text of an element without children, mended as feedparser mends it."""
    return texts.unscrambled((element.text or "").strip())[0]


def _tag(element: _Element, _word: str, tags: list[_Tag]) -> bool:
    """Add a category as feedparser does; False where attributes are not as usual."""
    if any(
        key not in _OF_A_CATEGORY and str(key).lower() in _OF_A_CATEGORY
        for key in element.attrib
    ):
        return False
    scheme = element.get("scheme", element.get("domain"))
    _add(tags, [element.get("term"), scheme, element.get("label")])
    if words := value(element):
        if tags and not tags[-1][0]:
            tags[-1][0] = words
        else:
            _add(tags, [words, None, None])
    return True


def _keywords(element: _Element, word: str, tags: list[_Tag]) -> bool:
    """Add keywords as feedparser does; False for attributes, over which it breaks."""
    for keyword in value(element).split(","):
        if keyword.strip():
            _add(tags, [keyword.strip(), _SCHEMES.get(word), None])
    return not element.attrib


_TAGGING = {"category": _tag, "keywords": _keywords}


def _add(tags: list[_Tag], tag: _Tag) -> None:
    if any(tag) and tag not in tags:
        tags.append(tag)


def _categories(tags: list[_Tag]) -> list[Category]:
    stripped = [[(part or "").strip() or None for part in tag] for tag in tags]
    return [
        Category(term=said, scheme=scheme, label=label)
        for term, scheme, label in stripped
        if (said := term or label)
    ]
