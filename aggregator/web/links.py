"""Where our own pages are: every address within the site, in one place.

In: the public address of the site. Out: paths that start with its path, so that they
hold behind a proxy that gives us a folder, and on loopback too. A place in a list
travels in `before`, as microseconds and article id.
"""

import re
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct

from aggregator.epoch import micros, moment
from aggregator.model import Article, Publication

# Where an article stands in all lists: its `listed_at` and its id.
Place = tuple[datetime, str]
_PLACE = re.compile(r"([0-9]{1,17})-([0-9A-Za-z]{1,40})", re.ASCII)


class Links(Struct, frozen=True, kw_only=True):
    """Addresses below `home`, the path of the site without a slash at its end."""

    base_url: str

    @property
    def home(self) -> str:
        """Return the path of the site: empty, or `/wire`."""
        return urlsplit(self.base_url).path.rstrip("/")

    def to(self, path: str) -> str:
        """Return a path of ours as it stands in a link."""
        return self.home + path

    def whole(self, path: str) -> str:
        """Return a path of ours as a public address."""
        return self.base_url + path

    def section(self, publication: Publication, after: Article | None = None) -> str:
        """Return the page of a publication, or its page of what is older."""
        query = f"?before={place(after)}" if after else ""
        return self.to(f"/feeds/{publication.id}{query}")

    def article(self, article: Article) -> str:
        """Return the page of a report."""
        return self.to(f"/articles/{article.id}")

    def source(self, source_id: str, after: Article | None = None) -> str:
        """Return the page of a source, or its page of what is older."""
        query = f"?before={place(after)}" if after else ""
        return self.to(f"/sources/{source_id}{query}")


def place(article: Article) -> str:
    """Return where an article stands in all lists, as `before` carries it."""
    return f"{micros(article.listed_at)}-{article.id}"


def place_of(text: str) -> Place | None:
    """Return the place that `before` carries, None if it carries none."""
    found = _PLACE.fullmatch(text)
    if not found:
        return None
    return moment(int(found[1])), found[2]
