"""The public form of an address: what may be shown of where a feed was found.

An operator's address may hold a password or a token. Neither may stand in an output,
and since addresses within a feed are resolved against the feed's own, the public form
is also the base for everything that is read.
"""

import re
from urllib.parse import urlsplit, urlunsplit

# Ends of parameter names whose values are credentials: `access_token`, `apikey`,
# `X-Amz-Signature`, ... A harmless `monkey=` goes too; the address is for credit.
_SECRET = re.compile(
    r"(?:token|key|secret|password|passwd|passphrase|pwd|pass|auth|authorization"
    r"|signature|sig|jwt|credentials?|session|sid|hmac|hash)\Z",
    re.IGNORECASE,
)


def public(url: str) -> str:
    """Return an address without userinfo, fragment and secret query parameters.

    The other parameters stay as they are, byte for byte and in order. An address that
    cannot be read at all (an unclosed bracket) becomes empty.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if not _SECRET.search(pair.partition("=")[0])
    )
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, query, ""))
