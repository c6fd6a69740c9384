"""What of an address may be shown, for sentences end in logs, and what in it is secret.

In: an address as an operator wrote it, or as a source has it: perhaps none that can be
read. Out: the same without credentials and without what may be one in its query; or these.
"""

import re
from urllib.parse import unquote

_PAIR = re.compile(r"[^&;]+")
# Names of parameters whose values are credentials, in whatever they are part of:
# `access_token`, `X-Amz-Signature`. All that feeds leave out is among them
# (`reading.address`); `author` and `keyword` are not.
SECRET_NAME = re.compile(
    r"token|key(?!word)|secret|pass|pwd|auth(?!or(?!i[sz]))|cookie|sig(?!ht|n\Z)|jwt"
    r"|credential|session|hmac|hash|code|sid\Z|pin\Z|otp\Z",
    re.IGNORECASE,
)
# A value that holds one of these may be an address with credentials of its own.
_NESTING = re.compile(r"[@=?:]")
_USER = re.compile(r":[^@/]*@")


def masked(url: str) -> str:
    """Return the address without what may be secret.

    User, password and fragment; of the query each value whose name is that of a secret,
    or that has no name, or holds an address. What is left (`language=en`) is as written.
    """
    address, mark, query = url.partition("?")
    query, of_query, _ = query.partition("#")
    scheme, separator, rest = address.rpartition("://")
    authority = rest.partition("/")[0]
    # A slash or question mark in a password ends the authority early, at what is then
    # no port.
    has_bad_port = ":" in authority and not authority.rpartition(":")[2].isdecimal()
    if has_bad_port and "@" in query and "@" not in rest:
        return masked(f"{scheme}{separator}***@{url.rpartition('@')[2]}")
    if "@" in authority:
        rest = f"***@{authority.rpartition('@')[2]}{rest[len(authority) :]}"
    elif "@" in rest and (has_bad_port or _is_cut_off(separator, rest)):
        rest = f"***@{rest.rpartition('@')[2]}"
    rest, of_path, _ = rest.partition("#")
    fragment = "#***" if of_path or of_query else ""
    return f"{scheme}{separator}{rest}{mark}{_PAIR.sub(_readable, query)}{fragment}"


def _is_cut_off(separator: str, rest: str) -> bool:
    """Whether a user and password stand behind what is no beginning: `https//u:p@h`."""
    return bool((not separator or rest.startswith("//")) and _USER.search(rest))


def secrets(url: str) -> tuple[str, ...]:
    """Return the secrets that `masked` hides in an address, as written and as meant.

    A user who has a password is no secret.
    """
    authority = url.partition("?")[0].partition("://")[2].partition("/")[0]
    user, _, password = authority.rpartition("@")[0].partition(":")
    query = url.partition("?")[2].partition("#")[0]
    hidden = [
        pair[0].partition("=")[2] or pair[0]
        for pair in _PAIR.finditer(query)
        if _readable(pair) != pair[0]
    ]
    hidden.append(password or user)
    return tuple(form for each in hidden for form in (each, unquote(each)))


def _readable(pair: re.Match[str]) -> str:
    """Return a name and its value, or without that if it may be secret."""
    name, is_named, value = pair[0].partition("=")
    if not is_named:
        return "***"
    is_secret = SECRET_NAME.search(unquote(name)) or _NESTING.search(unquote(value))
    return f"{name}=***" if is_secret and value else pair[0]
