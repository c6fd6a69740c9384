"""JSON Feed 1.1, with what it has no word for under `_mediawire`.

Hand-written: the standard library is the whole generator. Keys stand in a fixed order,
texts are UTF-8, and nothing is escaped that need not be.
"""

import json
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from aggregator import __version__
from aggregator.errors import PublishError
from aggregator.model import Also, Report
from aggregator.publishing.credit import first_source, showable
from aggregator.publishing.essentials import Essentials
from aggregator.publishing.formats import Head, Masthead
from aggregator.publishing.margin import Margin
from aggregator.publishing.particulars import (
    authors,
    feed_rights,
    files,
    language,
    origin,
    sections,
    whole_seconds,
)

media_type = "application/feed+json"

VERSION = "https://jsonfeed.org/version/1.1"
TAIL = b"]}"


def head(masthead: Masthead, *, language: str | None, updated: datetime | None) -> Head:
    """Return the feed without items. JSON Feed has no date of its own."""
    feed = {
        "version": VERSION,
        "title": masthead.title,
        "home_page_url": masthead.page_url,
        "feed_url": masthead.feed_url,
        "description": masthead.description,
        "icon": masthead.image,
        "language": language,
        "_mediawire": {
            "about": f"{masthead.base_url}/about",
            "generator": f"Media Wire {__version__}",
            "updated": whole_seconds(updated).isoformat() if updated else None,
        },
    }
    opened = written(feed).removesuffix(b"}")
    return Head(before=opened + b',"items":[', after=TAIL, between=b",")


def beside(head: Head, margin: Margin) -> Head:
    """Return the head with the ids that were taken back."""
    if not margin.tombstones:
        return head
    feed = json.loads(head.before + head.after)
    del feed["items"]
    feed["_mediawire"]["withdrawn"] = [
        {
            "id": stone.ref,
            "at": whole_seconds(stone.at).isoformat(),
            "reason": stone.reason,
        }
        for stone in margin.tombstones
    ]
    opened = written(feed).removesuffix(b"}")
    return replace(head, before=opened + b',"items":[')


def entry(report: Report, masthead: Masthead) -> bytes:
    """Return a report as an item."""
    article, attribution = report.article, report.article.attribution
    return written(
        {
            "id": article.published_id,
            "url": article.url,
            "title": report.title,
            "content_html": report.content,
            "summary": report.excerpt,
            "image": article.image and article.image.url,
            "date_published": whole_seconds(article.published).isoformat(),
            "date_modified": whole_seconds(article.updated).isoformat(),
            "authors": [{"name": name} for name in authors(report)],
            # Of one word under two schemes nothing is left here but the word.
            "tags": list(
                dict.fromkeys(t.label or t.term for t in sections(report, masthead))
            ),
            "language": language(article.language),
            "attachments": [
                {
                    "url": file.url,
                    "mime_type": file.type,
                    "title": file.title,
                    "size_in_bytes": file.length or None,
                    "duration_in_seconds": file.duration or None,
                    "_mediawire": {"credit": file.credit} if file.credit else None,
                }
                for file in files(report)
            ],
            "_mediawire": {
                "about": f"{masthead.base_url}/about",
                "source": source(report, masthead),
                "via": via(report, masthead),
                "also": [also(each) for each in report.also],
                "image_credit": article.image and article.image.credit,
                "source_title": article.source_title or None,
                "rights": attribution.rights,
                "license": attribution.license,
                "text_sha256": article.text_sha256,
            },
        }
    )


def source(report: Report, masthead: Masthead) -> dict[str, Any]:
    """Return the source we polled."""
    attribution = report.article.attribution
    ours = f"{masthead.base_url}/sources/{attribution.source_id}"
    return {
        "id": attribution.source_id,
        "title": attribution.title,
        "feed_url": showable(attribution.feed_url) or ours,
        "home_page_url": showable(attribution.site_url),
        "rights": feed_rights(attribution),
    }


def via(report: Report, masthead: Masthead) -> dict[str, Any] | None:
    """Return the first source of an entry that reached us through an aggregate."""
    if first_source(report.article.attribution) is None:
        return None
    first = origin(report, masthead)
    return {
        "title": first.name,
        "feed_url": first.feed_url,
        "home_page_url": first.home_url,
    }


def also(other: Also) -> dict[str, Any]:
    """Return another source that carried the same article."""
    return {
        "id": other.source_id,
        "title": other.title,
        "url": showable(other.url),
        "feed_url": showable(other.feed_url),
    }


def written(value: dict[str, Any]) -> bytes:
    """Return an object as JSON, without members that have nothing to say.

    Raises ValueError for a text with a lone surrogate: UTF-8 has none.
    """
    said = without_nothing(value)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def without_nothing(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON value without members that are None or an empty list."""
    if isinstance(value, list):
        return [without_nothing(item) for item in value]
    if isinstance(value, dict):
        # Most members are texts: to look at them here takes half the time.
        return {
            key: item if isinstance(item, str) else without_nothing(item)
            for key, item in value.items()
            if item is not None and item != []
        }
    return value


def read(document: bytes) -> list[Essentials]:
    """Return what a reader finds in the items."""
    try:
        return [essentials(item) for item in json.loads(document)["items"]]
    except (ValueError, KeyError, TypeError) as error:
        message = f"the document is no JSON Feed: {error!r}"
        raise PublishError(message) from error


def essentials(item: dict[str, Any]) -> Essentials:
    """Return what a reader finds in one item."""
    ours = item["_mediawire"]
    return Essentials(
        id=item["id"],
        title=item["title"],
        link=item.get("url"),
        source=(ours.get("via") or ours["source"])["title"],
        content=item["content_html"],
    )
