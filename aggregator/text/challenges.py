"""Tell a robot check from any other web page: what a wall shows in front of a feed.

In: the beginning of a page, as it came. Out: whether it asks its visitor to prove that
they are human. We never try to: whoever polls asks the publisher to be let through.
"""

from typing import Final

# Cloudflare's `challenge-platform` is not among them: it watches visitors of ordinary
# pages, too. A page of theirs that challenges has `_cf_chl_opt`.
_MARKS: Final = (
    b"captcha",
    b"cf-challenge",
    b"cf_chl_",
    b"_incapsula_resource",
    b"ddos-guard",
    b"datadome",
    b"awswafcookie",
    b"sucuri_cloudproxy",
    b"just a moment...",
)

SEARCHED: Final = 65_536  # bytes of a page in which a mark is looked for
WHAT_NOW: Final = (
    "ask the publisher to let our User-Agent through, or poll another address"
)


def is_challenge(page: bytes) -> bool:
    """Return whether a web page is a robot check."""
    begun = page[:SEARCHED].lower()
    return any(mark in begun for mark in _MARKS)
