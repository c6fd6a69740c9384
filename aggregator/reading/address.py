"""The public form of an address: what may be shown of where a feed was found.

An operator's address may hold a password or a token. Neither may stand in an output,
and since addresses within a feed are resolved against the feed's own, the public form
is also the base for everything that is read.
"""

import re
from collections.abc import Set as AbstractSet
from urllib.parse import unquote_plus, urlsplit, urlunsplit

# Ends of parameter names whose values are credentials: `access_token`, `apikey`,
# `X-Amz-Signature`, ... A harmless `monkey=` goes too; the address is for credit.
_SECRET = re.compile(
    r"(?:token|key|secret|password|passwd|passphrase|pwd|pass|auth|authorization"
    r"|signature|sig|jwt|credentials?|session|sid|hmac|hash|cookie|otp|(?<![a-z])pin)\Z",
    re.IGNORECASE,
)
# Names of what often is something else (`code=fr`, `keyset=2`), and secret where it is long.
_DOUBTFUL = re.compile("token|key(?!word)|secret|code|session", re.IGNORECASE)
# As many letters have no other meaning by chance.
_TELLING = 8


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
        if not _is_secret(*pair.partition("=")[::2])
    )
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def credentials(url: str) -> frozenset[str]:
    """Return what `public` takes out of an address, as meant: values and password.

    Not all that `config.masking.secrets` names is among them: what is hidden in a log
    for safety's sake would be missing in an output.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return frozenset()
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    values = [value for name, _, value in pairs if _is_secret(name, value)]
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return frozenset(unquote_plus(each) for each in (*values, password or user) if each)


def untold(url: str, kept: AbstractSet[str]) -> str:
    """Return an address that a feed gives of itself without what it was asked with.

    `kept` are `credentials` of the address that it was asked at.

    A server often repeats there the address that it was asked for. One that repeats
    nothing stays as it is, byte for byte; so does `?page=1` where `1` is a secret.
    """
    if not kept:
        return url
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    pairs = parts.query.split("&")
    query = [pair for pair in pairs if not _repeats(pair, kept)]
    named = not kept.isdisjoint(map(unquote_plus, user.split(":")))
    if query == pairs and not named:
        return url
    netloc = host if named else parts.netloc
    return urlunsplit(parts._replace(netloc=netloc, query="&".join(query)))


def _is_secret(name: str, value: str) -> bool:
    if _SECRET.search(name):
        return True
    return len(value) >= _TELLING and bool(_DOUBTFUL.search(name))


def _repeats(pair: str, kept: AbstractSet[str]) -> bool:
    name, _, value = pair.partition("=")
    long = len(value) >= _TELLING
    return unquote_plus(value) in kept and bool(long or _SECRET.search(name))
