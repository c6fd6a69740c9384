"""Small feeds of our own that the reading tests start from, and how they ask."""

from datetime import UTC, datetime

from aggregator.model import Source
from aggregator.reading import ReadRequest

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://source.example/feed"
SOURCE = Source(id="harbour", url=URL)


def item(number, *, title=None, body="The ship came in."):
    return (
        f"<item><guid isPermaLink='false'>n{number}</guid>"
        f"<title>{title or f'Report {number}'}</title>"
        f"<link>https://source.example/{number}</link>"
        f"<description>{body}</description>"
        f"<pubDate>Mon, 01 Jun 2026 0{number % 10}:00:00 +0000</pubDate></item>"
    )


def rss(*items, head="<title>Harbour News</title><link>https://source.example/</link>"):
    inside = "\n".join(items)
    return f'<rss version="2.0"><channel>{head}\n{inside}\n</channel></rss>'.encode()


def atom(*entries, head="<title>Harbour News</title><id>urn:x:harbour</id>"):
    inside = "\n".join(entries)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://source.example/">'
        f"{head}<updated>2026-06-01T00:00:00Z</updated>{inside}</feed>"
    ).encode()


def entry(number, *, title=None):
    return (
        f"<entry><id>urn:x:{number}</id><title>{title or f'Report {number}'}</title>"
        f"<link href='/{number}'/><updated>2026-06-01T00:00:00Z</updated>"
        f"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        f"<p>The <em>ship</em> {number}</p></div></content></entry>"
    )


def request(body, *, known=None, context=None, content_type=None, url=URL):
    return ReadRequest(
        source=SOURCE,
        url=url,
        body=body,
        content_type=content_type,
        known=known,
        context=context,
        now=NOW,
    )


def remembered(reading):
    """Return what a poll would remember of a reading, for the next request."""
    known = {digest: article.id for digest, article in reading.items}
    return {"known": known, "context": reading.context}
