"""Choose what a client gets by what it says it accepts.

In: the values of Accept and Accept-Encoding. Out: one of the things we have. Pure.
Source: RFC 9110 sections 5.3, 12.5.1 and 12.5.3.
"""

from collections.abc import Iterator, Sequence

from starlette.datastructures import Headers

HTML = "html"

# What each of our representations answers to: the media types that name it, and those
# that merely include it. A browser never names a feed; several feed readers name
# `text/html` too, and still want a feed.
_NAMED = {
    "atom": {"application/atom+xml"},
    "rss": {"application/rss+xml", "application/rdf+xml"},
    "json": {"application/feed+json", "application/json"},
    HTML: {"text/html", "application/xhtml+xml"},
}
_INCLUDED = {
    "atom": {"application/xml", "text/xml", "application/*"},
    "rss": {"application/*"},
    "json": {"application/*"},
    HTML: {"text/*"},
}


def listed(asked: Headers, name: str) -> str | None:
    """Return a header that is a list, which may come on several lines; None for none."""
    return ", ".join(lines) if (lines := asked.getlist(name)) else None


def representation(accept: str | None, formats: Sequence[str]) -> str:
    """Return which of `formats`, or "html", an Accept header prefers.

    The highest quality wins, then the type that is named over one that is included
    (`text/xml`, `text/*`, `*/*`), then feeds over pages, then the order of `formats`.
    Without a preference, or with none that we can meet, it is the first of `formats`.
    """
    ranges = list(_weighted(accept or "*/*"))
    best, chosen = (0.0, 0), formats[0] if formats else HTML
    for offer in (*formats, HTML):
        fit = _fit(offer, ranges)
        if fit[0] > 0 and fit > best:
            best, chosen = fit, offer
    return chosen


def accepts(accept: str | None, media_type: str) -> bool:
    """Whether a media type may be sent: by its most exact range, not with zero quality."""
    weights = dict(_weighted(accept or "*/*"))
    for wanted in (media_type, f"{media_type.partition('/')[0]}/*", "*/*", "*"):
        if wanted in weights:
            return weights[wanted] > 0
    return not weights


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether gzip may be sent: named or by `*`, and not with a quality of zero."""
    codings = dict(_weighted(accept_encoding or ""))
    named = codings.get("gzip", codings.get("x-gzip"))
    return (codings.get("*", 0.0) if named is None else named) > 0


def _fit(offer: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """Return the quality of an offer, and how exactly it was asked for (3 to 1)."""
    named = [q for kind, q in ranges if kind in _NAMED.get(offer, ())]
    if named:
        return max(named), 3
    included = [q for kind, q in ranges if kind in _INCLUDED.get(offer, ())]
    if included:
        return max(included), 2
    wide = [q for kind, q in ranges if kind in {"*/*", "*"}]
    return (max(wide), 1) if wide else (0.0, 0)


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    """Yield the values of a list with their quality, 1 where none is readable."""
    for item in header.split(","):
        value, *parameters = (part.strip().lower() for part in item.split(";"))
        if value:
            yield value, _quality(parameters)


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, number = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(number), 0.0), 1.0)
            except ValueError:
                return 1.0
    return 1.0
