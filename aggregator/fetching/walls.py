"""Tell whether a robot check stands in front of a feed, where a status refuses us.

In: an answer that is no document. Out: whether it asks for proof of a human instead of
refusing for good. A 429 is asked about nothing: there the pace is what is wrong.

Sources: Cloudflare marks its challenges with `cf-mitigated: challenge`
(developers.cloudflare.com/cloudflare-challenges), AWS WAF with `x-amzn-waf-action`;
others are known by their page alone.
"""

from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException

from urllib3.exceptions import HTTPError

from aggregator.fetching import bodies
from aggregator.fetching.answers import Head
from aggregator.text import challenges

_HEADERS = ("cf-mitigated", "x-amzn-waf-action")
_WORDS = frozenset({"challenge", "captcha"})
_SHOWING = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE})


def challenged(raw: bodies.Raw, head: Head, *, status: int) -> bool:
    """Return whether an answer is a robot check; of its page no more than need be is read.

    A page that breaks off, or takes longer than the fetch may, is none.
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return False
    if any(head.text(name).strip().lower() in _WORDS for name in _HEADERS):
        return True
    if status not in _SHOWING or "html" not in head.text("content-type").lower():
        return False
    with suppress(HTTPError, HTTPException, OSError, ValueError):
        page = bodies.beginning(raw, head, most=challenges.SEARCHED)
        return challenges.is_challenge(page)
    return False
