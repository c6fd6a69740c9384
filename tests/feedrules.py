"""Say what is wrong with a published document: rules written from the specifications.

`problems(document, kind)` returns sentences, none for a document that is right. Covered
is what an aggregate can get wrong: RFC 4287 (Atom), RSS 2.0 with the Advisory Board's
best practices, JSON Feed 1.1, and what feed validators warn of. It shares no code with
the room that writes documents.
"""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
CREATIVE_COMMONS = "{http://backend.userland.com/creativeCommonsRssModule}"
DC = "{http://purl.org/dc/elements/1.1/}"
DCTERMS = "{http://purl.org/dc/terms/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML = "{http://www.w3.org/XML/1998/namespace}"
HISTORY = "{http://purl.org/syndication/history/1.0}"  # RFC 5005
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"  # RFC 6721

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|"
    r"Dec) \d{4} \d\d:\d\d:\d\d (\+0000|GMT)"
)
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,8})*")
RELATIONS = {"self", "alternate", "via", "enclosure", "license", "related"}
RELATIONS |= {"prev-archive", "next-archive", "current"}  # RFC 5005, section 4
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

ITEM = {
    *("title", "link", "description", "author", "category", "comments", "enclosure"),
    *("guid", "pubDate", "source", f"{CONTENT}encoded", f"{DC}creator", f"{DC}rights"),
    *(f"{DC}language", f"{DCTERMS}modified", f"{DCTERMS}alternative"),
    *(f"{CREATIVE_COMMONS}license", f"{MEDIA}content", f"{ATOM}link"),
}
MANY_IN_ITEM = {"category", f"{DC}creator", f"{MEDIA}content", f"{ATOM}link"}
CHANNEL = {
    *("title", "link", "description", "language", "lastBuildDate", "generator", "docs"),
    *("item", "image", f"{ATOM}link"),
}
FEED = {
    *("id", "title", "updated", "link", "generator", "logo", "subtitle", "author"),
    "entry",
}
FOREIGN_IN_FEED = {f"{HISTORY}archive", f"{TOMBSTONES}deleted-entry"}
ENTRY = {
    *("id", "title", "updated", "published", "author", "content", "summary", "link"),
    *("category", "rights", "source"),
}
SOURCE = {"id", "title", "updated", "link", "author", "rights"}
FOREIGN_IN_ENTRY = {f"{DCTERMS}alternative", f"{MEDIA}content"}
MANY_IN_ENTRY = {"author", "link", "category", f"{MEDIA}content"}


def problems(document: bytes, kind: str) -> list[str]:
    """Return what is wrong with a document of a kind: `rss`, `atom` or `json`."""
    found: list[str] = []
    {"rss": _rss, "atom": _atom, "json": _json}[kind](document, found.append)
    return found


# -- RSS 2.0


def _rss(document, report):
    root = ET.fromstring(document)
    if root.tag != "rss" or root.get("version") != "2.0" or len(root) != 1:
        report("the root is no RSS 2.0")
    channel = root[0]
    _only(channel, CHANNEL, {"item", f"{ATOM}link"}, report)
    for name in ("title", "link", "description"):
        _filled(channel, name, report)
    _address(channel.findtext("link"), "channel link", report)
    _picture(channel, report)
    _rfc822(channel.findtext("lastBuildDate"), "lastBuildDate", report)
    _language(channel.findtext("language"), "channel", report)
    selves = [link for link in channel.iter(f"{ATOM}link") if link.get("rel") == "self"]
    if len(selves) != 1 or selves[0].get("type") != "application/rss+xml":
        report("the channel has not one atom:link rel=self of its type")
    for link in selves:
        _address(link.get("href"), "self link", report)
    tags = [child.tag for child in channel]
    if "item" in tags and any(tag != "item" for tag in tags[tags.index("item") :]):
        report("something of the channel stands behind its items")
    _unique((item.findtext("guid") for item in channel.iter("item")), "guid", report)
    for item in channel.iter("item"):
        _item(item, report)


def _picture(channel, report):
    """Its title and link are to be the channel's (RSS 2.0, `<image>`)."""
    picture = channel.find("image")
    if picture is None:
        return
    if [child.tag for child in picture] != ["url", "title", "link"]:
        report("the picture has not url, title and link")
    _address(picture.findtext("url"), "picture", report)
    for name in ("title", "link"):
        if picture.findtext(name) != channel.findtext(name):
            report(f"the {name} of the picture is not the channel's")


def _item(item, report):
    _only(item, ITEM, MANY_IN_ITEM, report)
    if item.find("title") is None and item.find("description") is None:
        report("an item has neither title nor description")
    if item.find("author") is not None:
        report("author holds an e-mail address or nothing; names belong in dc:creator")
    order = [child.tag for child in item]
    if "description" not in order[: order.index(f"{CONTENT}encoded")]:
        report("description has to stand before content:encoded")
    for name in ("link", f"{CREATIVE_COMMONS}license"):
        for address in item.iter(name):
            _address(address.text, f"item {name}", report)
    for name in ("category", f"{DC}creator"):
        if any(not (element.text or "").strip() for element in item.iter(name)):
            report(f"a {name} is blank")
    _guid(item, report)
    _rfc822(item.findtext("pubDate"), "pubDate", report)
    _rfc3339(item.findtext(f"{DCTERMS}modified"), "dcterms:modified", report)
    _filled(item, "source", report)
    for source in item.iter("source"):
        _address(source.get("url"), "source url", report)
    for enclosure in item.iter("enclosure"):
        _address(enclosure.get("url"), "enclosure url", report)
        _length(enclosure.get("length"), "enclosure length", report)
        _media_type(enclosure.get("type"), "enclosure type", report)
    _language(item.findtext(f"{DC}language"), "item", report)
    _media(item, report)


def _guid(item, report):
    guid = item.find("guid")
    if guid is None:
        report("an item has no guid")
        return
    _id(guid.text, "guid", report)
    if guid.get("isPermaLink") not in {"true", "false"}:
        report("isPermaLink is neither true nor false")
    if guid.get("isPermaLink") == "true" and guid.text != item.findtext("link"):
        report("a permanent guid is not the link")


# -- Atom 1.0


def _atom(document, report):
    feed = ET.fromstring(document)
    if feed.tag != f"{ATOM}feed":
        report("the root is no Atom feed")
    entries = feed.findall(f"{ATOM}entry")
    many = _atom_names({"link", "author", "entry"}) | {f"{TOMBSTONES}deleted-entry"}
    _only(feed, _atom_names(FEED) | FOREIGN_IN_FEED, many, report)
    _head(feed, "feed", report)
    if feed.find(f"{ATOM}logo") is not None:
        _address(feed.findtext(f"{ATOM}logo"), "logo", report)
    _language(feed.get(f"{XML}lang"), "feed", report)
    selves = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if len(selves) != 1 or selves[0].get("type") != "application/atom+xml":
        report("the feed has not one link rel=self of its type")
    if entries and feed.find(f"{ATOM}author") is not None:
        report("entries would inherit the author of the feed")
    if not entries and feed.find(f"{ATOM}author") is None:
        report("a feed without entries has no author")
    if feed.find(f"{ATOM}rights") is not None:
        report("entries would inherit the rights of the feed")
    tags = [child.tag for child in feed]
    listed = {f"{ATOM}entry", f"{TOMBSTONES}deleted-entry"}
    if entries and not listed.issuperset(tags[tags.index(f"{ATOM}entry") :]):
        report("something of the feed stands behind its entries")
    _unique((entry.findtext(f"{ATOM}id") for entry in entries), "id", report)
    _history(feed, report)
    for entry in entries:
        _entry(entry, report)


def _history(feed, report):
    links = Counter(link.get("rel") for link in feed.findall(f"{ATOM}link"))
    is_archive = feed.find(f"{HISTORY}archive") is not None
    if is_archive != (links["current"] == 1):
        report("an archive has one link to the current document, no other has")
    if any(links[name] > 1 for name in ("prev-archive", "next-archive")):
        report("the feed has two archives before or behind it")
    for stone in feed.findall(f"{TOMBSTONES}deleted-entry"):
        _id(stone.get("ref"), "ref of a deleted entry", report)
        _rfc3339(stone.get("when"), "when of a deleted entry", report)


def _entry(entry, report):
    names = _atom_names(ENTRY) | FOREIGN_IN_ENTRY
    many = _atom_names(MANY_IN_ENTRY - FOREIGN_IN_ENTRY) | {f"{MEDIA}content"}
    _only(entry, names, many, report)
    _head(entry, "entry", report)
    _language(entry.get(f"{XML}lang"), "entry", report)
    _rfc3339(entry.findtext(f"{ATOM}published"), "published", report)
    if not entry.findall(f"{ATOM}author"):
        report("an entry has no author of its own")
    for name in ("content", "summary"):
        text = entry.find(f"{ATOM}{name}")
        if text is None or text.get("type") not in {"text", "html"} or len(text):
            report(f"an entry has no {name} as text or html")
    for category in entry.iter(f"{ATOM}category"):
        if not (category.get("term") or "").strip():
            report("a category has no term")
        if category.get("scheme") is not None:
            _id(category.get("scheme"), "category scheme", report)
    source = entry.find(f"{ATOM}source")
    if source is None:
        report("an entry has no source")
    else:
        _only(source, _atom_names(SOURCE), _atom_names({"link"}), report)
        _head(source, "source", report)
        if not any(link.get("rel") == "self" for link in source.iter(f"{ATOM}link")):
            report("a source has no link rel=self")
    _media(entry, report)


def _head(element, what, report):
    for name in ("id", "title", "updated"):
        _filled(element, f"{ATOM}{name}", report)
    _id(element.findtext(f"{ATOM}id"), f"{what} id", report)
    _rfc3339(element.findtext(f"{ATOM}updated"), f"{what} updated", report)
    for person in element.findall(f"{ATOM}author"):
        _filled(person, f"{ATOM}name", report)
    links = element.findall(f"{ATOM}link")
    kinds = Counter(
        (link.get("type"), link.get("hreflang"))
        for link in links
        if link.get("rel", "alternate") == "alternate"
    )
    if any(count > 1 for count in kinds.values()):
        report(f"a {what} has two alternates of one type and language")
    for link in links:
        if link.get("rel") not in RELATIONS:
            report(f"a {what} has a link of unknown relation {link.get('rel')}")
        _address(link.get("href"), f"{what} link", report)
        if link.get("type") is not None:
            _media_type(link.get("type"), "link type", report)
        if link.get("title") is not None and not link.get("title").strip():
            report("a link has a blank title")
        if link.get("rel") == "enclosure":
            _length(link.get("length"), "link length", report)
            _media_type(link.get("type"), "enclosure type", report)


def _atom_names(names):
    return {f"{ATOM}{name}" for name in names}


# -- JSON Feed 1.1

FEED_KEYS = {
    *("version", "title", "home_page_url", "feed_url", "description", "language"),
    *("icon", "_mediawire", "items"),
}
ITEM_KEYS = {
    *("id", "url", "title", "content_html", "summary", "image", "date_published"),
    *("date_modified", "authors", "tags", "language", "attachments", "_mediawire"),
}


def _json(document, report):
    feed = json.loads(document)
    for key in set(feed) - FEED_KEYS:
        report(f"the feed has a key {key} that JSON Feed does not know")
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        report("the version is not 1.1")
    if not isinstance(feed.get("title"), str) or not feed["title"]:
        report("the feed has no title")
    for key in ("home_page_url", "feed_url", *({"icon"} & set(feed))):
        _address(feed.get(key), key, report)
    _language(feed.get("language"), "feed", report)
    _unique((item.get("id") for item in feed["items"]), "id", report)
    for item in feed["items"]:
        _json_item(item, report)


def _json_attachment(attachment, report):
    _address(attachment.get("url"), "attachment", report)
    _media_type(attachment.get("mime_type"), "mime_type", report)
    for key in ("size_in_bytes", "duration_in_seconds"):
        if not isinstance(attachment.get(key, 1), int):
            report(f"{key} is no number")


def _json_item(item, report):
    for key in set(item) - ITEM_KEYS:
        report(f"an item has a key {key} that JSON Feed does not know")
    for key in ("id", "content_html", "summary", "title"):
        if not isinstance(item.get(key), str):
            report(f"{key} is no string")
    for key in {"url", "image"} & set(item):
        _address(item[key], key, report)
    for key in ("date_published", "date_modified"):
        _rfc3339(item.get(key), key, report)
    _language(item.get("language"), "item", report)
    named = [*(author.get("name") for author in item["authors"]), *item.get("tags", [])]
    if not all(isinstance(name, str) and name.strip() for name in named):
        report("an author or a tag is blank")
    for attachment in item.get("attachments", []):
        _json_attachment(attachment, report)
    source = item["_mediawire"]["source"]
    for key in {"id", "title", "feed_url"} - set(source):
        report(f"_mediawire.source has no {key}")
    _address(source.get("feed_url"), "_mediawire.source.feed_url", report)


# -- rules of all three


def _only(element, names, many, report):
    counts = Counter(child.tag for child in element)
    for tag, count in counts.items():
        if tag not in names:
            report(f"{element.tag} holds {tag}, which does not belong there")
        if count > 1 and tag not in many:
            report(f"{element.tag} holds {tag} {count} times")


def _filled(element, name, report):
    if not (element.findtext(name) or "").strip():
        report(f"{element.tag} has no {name}")


def _unique(values, what, report):
    for value, count in Counter(values).items():
        if count > 1:
            report(f"the {what} {value} stands in {count} entries")


def _address(url, what, report):
    parts = urlsplit(url or "")
    legal = parts.scheme in {"http", "https"} and parts.hostname
    if not legal or re.search(r"[\s<>\"{}|\\^`\x00-\x20\x7f]", url):
        report(f"{what} is no http address: {url!r}")


def _id(iri, what, report):
    if not re.fullmatch(r"(https?|tag|urn):[^\s<>\"]+", iri or ""):
        report(f"{what} is no IRI: {iri!r}")


def _rfc3339(time, what, report):
    if not RFC3339.fullmatch(time or "") or datetime.fromisoformat(time) < EARLIEST:
        report(f"{what} is no time of RFC 3339 after 1990: {time!r}")


def _rfc822(time, what, report):
    if not RFC822.fullmatch(time or "") or parsedate_to_datetime(time) < EARLIEST:
        report(f"{what} is no time of RFC 822 after 1990: {time!r}")
    elif not time.startswith(parsedate_to_datetime(time).strftime("%a")):
        report(f"{what} names the wrong weekday: {time!r}")


def _language(tag, what, report):
    if tag is not None and not LANGUAGE.fullmatch(tag):
        report(f"{what} has a language that is none: {tag!r}")


def _length(length, what, report):
    if not re.fullmatch(r"\d+", length or ""):
        report(f"{what} is no number of bytes: {length!r}")


def _media_type(name, what, report):
    if not MEDIA_TYPE.fullmatch(name or ""):
        report(f"{what} is no media type: {name!r}")


def _media(element, report):
    for content in element.findall(f"{MEDIA}content"):
        _address(content.get("url"), "media:content url", report)
        for name in ("fileSize", "width", "height", "duration"):
            if content.get(name) is not None and not re.fullmatch(
                r"[1-9]\d*", content.get(name)
            ):
                report(f"media:content has a {name} that is no positive number")
        if content.get("type") is not None:
            _media_type(content.get("type"), "media:content type", report)
