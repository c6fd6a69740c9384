"""Answer a GET or HEAD with a document: compressed, conditional, cacheable.

In: a Document and what is asked. Out: the whole document, or 304 if the client has it.
A document in gzip is another representation with an entity tag of its own; either tag
is good for a 304. Ranges are not served: a feed is read whole. An answer is made once
and stays with its document, for whoever asks the like again.

Source: RFC 9110 sections 8.8.3 (ETag), 13.1.2 and 13.1.3 (conditions), 13.2.2 (order),
15.4.5 (what a 304 carries).
"""

import re
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b

from msgspec import Struct, field
from msgspec.structs import replace
from starlette.datastructures import Headers
from starlette.responses import Response

from aggregator.deflate import gzip_form
from aggregator.web.negotiation import accepts_gzip, listed

GZIP_SUFFIX = "-gz"
# Below this a packet is a packet, compressed or not.
WORTH_COMPRESSING = 1000  # bytes

# What is between the quotes; a `W/` before them does not count here.
_ENTITY_TAG = re.compile(r'"([^"]*)"')


class Document(Struct, frozen=True, kw_only=True):
    """Bytes to be served, and what is to be said of them.

    `gzip` is the compressed form if there is one ready; `tag` an opaque name of the
    bytes; `modified` the time of the last change, aware.
    """

    body: bytes
    media_type: str
    tag: str
    gzip: bytes | None = None
    modified: datetime | None = None
    _answers: dict[Hashable, Response] = field(default_factory=dict)

    def answer(
        self, coding: str | None, headers: Mapping[str, str], status: int
    ) -> Response:
        """Return the answer of a status, in a content coding if one is named."""
        key = (coding, status, *headers.items())
        if key not in self._answers:
            self._answers[key] = _made(self, coding, headers, status)
        return self._answers[key]


def document(body: bytes, media_type: str) -> Document:
    """Return bytes as a document that is named by its content."""
    return Document(body=body, media_type=media_type, tag=tag_of(body))


def tag_of(body: bytes) -> str:
    """Return a name that other bytes never have."""
    return blake2b(body, digest_size=12).hexdigest()


def answer(
    asked: Headers,
    shown: Document,
    *,
    headers: Mapping[str, str],
    status: int = 200,
    now: datetime | None = None,
) -> Response:
    """Return the answer to a GET for a document; to a HEAD the server sends no body.

    `asked` are the headers of the request; `headers` hold Cache-Control, and Vary if it
    is more than Accept-Encoding. Only a 200 can become a 304. What changed twice within
    a second is dated a second ahead; before that comes, it is said to have changed `now`
    (RFC 9110 section 8.8.2.1).
    """
    coding = _coding(listed(asked, "accept-encoding"), shown)
    if status == 200 and _has_it(asked, shown):  # noqa: PLR2004 - HTTP's word
        status = 304
    if now and shown.modified and shown.modified > now:
        return _made(replace(shown, modified=now), coding, headers, status)
    return shown.answer(coding, headers, status)


def _made(
    shown: Document, coding: str | None, headers: Mapping[str, str], status: int
) -> Response:
    suffix = GZIP_SUFFIX if coding else ""
    said = {"etag": f'"{shown.tag}{suffix}"', "vary": "Accept-Encoding", **headers}
    if shown.modified:
        said["last-modified"] = http_date(shown.modified)
    if status == 304:  # noqa: PLR2004 - HTTP's word
        return Response(status_code=status, headers=said)
    body = shown.body
    if coding:
        said["content-encoding"] = coding
        body = shown.gzip or gzip_form(body)
    said |= {"content-type": shown.media_type, "content-length": str(len(body))}
    return Response(body, status_code=status, headers=said)


def http_date(at: datetime) -> str:
    """Return a time as HTTP writes it (RFC 9110 section 5.6.7)."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _coding(accept_encoding: str | None, shown: Document) -> str | None:
    """Return the content coding to send it in, None for none."""
    worth = len(shown.body) >= WORTH_COMPRESSING
    return "gzip" if worth and accepts_gzip(accept_encoding) else None


def _has_it(headers: Headers, shown: Document) -> bool:
    """Whether the client said that it holds this very document.

    If-None-Match counts alone where it is present; tags compare weakly.
    """
    known = listed(headers, "if-none-match")
    if known is not None:
        tags = {shown.tag, shown.tag + GZIP_SUFFIX}
        return known.strip() == "*" or not tags.isdisjoint(_ENTITY_TAG.findall(known))
    since = headers.get("if-modified-since")
    if since is None or shown.modified is None:
        return False
    try:
        then = parsedate_to_datetime(since)
    except (ValueError, OverflowError):
        return False
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return shown.modified.replace(microsecond=0) <= then
