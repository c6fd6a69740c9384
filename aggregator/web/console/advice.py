"""What an operator can do about a state, in a sentence: the what-now of the console."""

from collections.abc import Mapping
from typing import Any

_BY_STATE = {
    "new": "It is polled for the first time as soon as its host is free.",
    "throttled": "Its publisher wants fewer requests. Give it a longer interval.",
    "paused": "Resume it when you want its reports again.",
    "held": "Look at what it sends now, then release it if it is itself, or reject it.",
    "gone": "Its publisher took the feed down for good. Find its new address, or remove it.",
}
_BY_PROBLEM = {
    "dns": "Its host name does not exist now. Test the address; the site may have moved.",
    "refused": "Its server does not listen. It is asked again by itself.",
    "timeout": "Its server is too slow. It is asked again by itself; if it stays so, raise "
    "`fetch.timeout`.",
    "tls": "Its certificate is not valid. Write to the publisher; verify_tls: false "
    "reads it unprotected.",
    "blocked": "We do not dial this address. If it is yours, list it in "
    "`fetch.allow_private`.",
    "too-large": "Its document is larger than `fetch.max_body`. Raise that, or ask for a "
    "shorter feed.",
    "gone": "Its publisher says that it is gone for good. It is asked once more, to be "
    "sure. Find its new address, or remove it.",
    "redirect": "Its redirects lead nowhere. Test the address.",
    "html-page": "A web page stands there. Test the address: we look for the feed behind "
    "it.",
    "captcha": "It asks whether we are human. Write to the publisher to be let in.",
    "not-a-feed": "Something else stands there now. Test the address.",
    "empty": "It sent nothing. It is asked again by itself.",
    "too-complex": "Its document took too much time or memory to read. Raise reading, or "
    "ask for a simpler feed.",
    "file": "Look whether the file is there and may be read.",
    "unexpected": "No fault of its own. Where its error does not say what to do, "
    "--log-level debug shows where it came from.",
}
_AGAIN = "It is asked again by itself. If it lasts, test the address."


def advice(standing: Mapping[str, Any]) -> str | None:
    """Return what to do about a source, None if it is well."""
    if standing["state"] == "failing":
        return _BY_PROBLEM.get(standing.get("problem") or "", _AGAIN)
    return _BY_STATE.get(standing["state"])
