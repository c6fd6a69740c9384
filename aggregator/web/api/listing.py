"""A list in pages: where each begins travels in an opaque cursor.

In: the cursor of a request. Out: a Page. A cursor names a place in an order that never
changes under a reader (`listed_at` and id of reports, id of sources): what comes in
meanwhile stands above it, what leaves is only missing. Every well-formed cursor is
good, also one whose report is gone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from msgspec import Struct

from aggregator.epoch import micros, moment
from aggregator.model import Article
from aggregator.web.api.description import ROOT, Asked, Operation, Parameter
from aggregator.web.links import Links, Place

MOST = 100
USUAL = 20

_LIMIT = Parameter(
    name="limit",
    text="How many there are on a page at most.",
    schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
)


def _paged(cursor: str) -> tuple[Parameter, ...]:
    """Return what asks for a page, by a cursor that matches this pattern."""
    begins = "Where the page begins, as `next` of the page before says; opaque."
    schema = {"type": "string", "pattern": cursor}
    return (_LIMIT, Parameter(name="cursor", text=begins, schema=schema))


# What asks for a page of articles, and of things by their names.
OF_ARTICLES = _paged(r"^[0-9a-f]{34}$")
OF_NAMES = _paged(r"^([0-9a-f]{2}){1,200}$")

Thing = TypeVar("Thing")


class Page(Struct, frozen=True, kw_only=True):
    """A part of a list as JSON; `cursor` is where the next begins, None at the end."""

    items: Sequence[Any]
    cursor: str | None


def cursor_after(article: Article) -> str:
    """Return the place behind an article in the order of all lists."""
    return f"{micros(article.listed_at):014x}{article.id}"


def place(cursor: str | None) -> Place | None:
    """Return the (`listed_at`, `id`) that a cursor of articles names."""
    if cursor is None:
        return None
    return moment(int(cursor[:14], 16)), cursor[14:]


def by_name(
    things: Mapping[str, Thing],
    asked: Asked,
    shown: Callable[[Thing], Mapping[str, Any]],
) -> Page:
    """Return a page of things in the order of their names."""
    after = bytes.fromhex(asked["cursor"] or "")
    names = sorted(name for name in things if name.encode() > after)
    some = names[: asked["limit"]]
    cursor = some[-1].encode().hex() if len(names) > len(some) else None
    return Page(items=[shown(things[name]) for name in some], cursor=cursor)


def next_address(
    page: Page, operation: Operation, asked: Asked, links: Links
) -> str | None:
    """Return the address of the page behind this one, None if it is the last."""
    if page.cursor is None:
        return None
    said = {
        each.name: _written(asked[each.name])
        for each in operation.parameters
        if asked[each.name] is not None
        and asked[each.name] != each.schema.get("default")
    }
    query = urlencode(said | {"cursor": page.cursor})
    return links.to(f"{ROOT}{operation.path}?{query}")


def _written(value: Any) -> str:  # noqa: ANN401 - as `values` reads it
    return value.isoformat() if isinstance(value, datetime) else str(value)
