"""Articles, sources and publications for tests: sensible unless said otherwise.

`article(title="Storm")` is a whole article of which only the headline matters to the
test. What follows from a field follows here too: the id from the address, the digest
from the body.
"""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from msgspec.structs import replace

from aggregator import publishing
from aggregator.model import (
    Article,
    Attribution,
    Known,
    Publication,
    Report,
    Rights,
    content_digest,
)
from aggregator.text import markup

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ANY_RIGHTS = Rights()


def attribution(**said) -> Attribution:
    """The attribution of a source that tells all of itself."""
    agency = Attribution(
        source_id="agency",
        title="Example Agency",
        feed_url="https://agency.example/feed.xml",
        site_url="https://agency.example/",
        rights="© Example Agency",
    )
    return replace(agency, **said)


def article(number: int = 1, **said) -> Article:
    """One report; `number` makes it another one: id, address, headline and times."""
    said.setdefault("attribution", attribution())
    url = said.get("url", f"https://agency.example/reports/{number}")
    title = said.get("title", f"Report number {number}")
    body = said.get("body", f"<p>Report {number} in the agency's own words.</p>")
    at = NOON - timedelta(minutes=number)
    values = {
        "id": blake2b(f"{number} {url}".encode(), digest_size=10).hexdigest(),
        "published_id": url or f"tag:wire.example,2026:agency/{number}",
        "source_id": said["attribution"].source_id,
        "keys": (f"guid:{number}",),
        "url": url,
        "source_title": title,
        "title": title,
        "language": "en",
        "source_body": body,
        "body": body,
        "text_sha256": markup.text_sha256(body),
        "dated": at,
        "published": at,
        "updated": at,
        "first_seen": at,
        "listed_at": at,
    }
    return Article(**(values | said))


def known(article: Article, **said) -> Known:
    """What the store knows of an article, as it tells identity."""
    values = {
        name: getattr(article, name)
        for name in Known.__struct_fields__
        if hasattr(article, name)
    }
    of_its_own = {"content_digest": content_digest(article), "withdrawn": False}
    return Known(**(values | of_its_own | said))


def publication(**said) -> Publication:
    """The publication `wire`, of everything."""
    wire = Publication(
        id="wire",
        title="Media Wire",
        description="Reports from other agencies.",
        disclaimer="They do not necessarily reflect our opinion.",
    )
    return replace(wire, **said)


def report(one: Article, shown_in: Publication, rights: Rights, **said) -> Report:
    """The article as the publication shows it at noon."""
    made = publishing.report(one, shown_in, rights, now=NOON, **said)
    assert made is not None
    return made
