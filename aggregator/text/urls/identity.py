"""Tell whether two addresses mean the same report, and whether one may serve as its id.

In: addresses as resolved. Out: a key that is equal for equal reports.
The key loses only parameters that are known to count readers, never the whole query:
in four of the Korean series of the test corpus the query is all that differs (74
articles of one source share one path).
It keeps `www.` and a trailing slash: servers may and do answer differently.
"""

import re
from collections.abc import Container
from functools import lru_cache

from aggregator.text.urls.resolve import address_of

# Parameters that only say by which way a reader came. Names that some sites use for
# content (`ref`, `source`, `from`, `partner`, `cmp`) are not here.
TRACKING = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid yclid ysclid igshid
    li_fat_id mc_cid mc_eid mkt_tok vero_id oly_anon_id oly_enc_id rb_clickid s_cid
    _openstat _hsenc _hsmi __hssc __hstc __hsfp hsctatracking wickedid srsltid epik
    wt_mc wt_zmc at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4
    ns_mchannel ns_source ns_campaign ns_linkname ns_fee xtor maca
    traffic_source _ga _gl guccounter guce_referrer guce_referrer_sig
    """.split()  # noqa: SIM905 - one word beside the other reads better
)
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "piwik_", "hsa_")
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)

URN = re.compile(
    r"urn:(?P<space>[a-z0-9][a-z0-9-]{1,31}):"
    r"(?P<name>(?:[A-Za-z0-9()+,.:=@;$_!*'-]|%[0-9A-F]{2})+)"
)
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# RFC 4151: an authority, the date it held the name, and anything.
TAG = re.compile(
    r"tag:(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?,"
    r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?:"
    r"(?:[A-Za-z0-9;/?:@&=+$._!~*'(),-]|%[0-9A-Fa-f]{2})*(#[A-Za-z0-9;/?:@&=+$._!~*'(),-]*)?"
)


@lru_cache(
    maxsize=512
)  # an entry's is asked for three times, its site's for each entry
def canonical(url: str) -> str:
    """Return the key of an address: equal keys mean the same report.

    http and https count as one, host in lower case without trailing dot, default
    port and tracking parameters off, percent-escapes in one spelling, fragment off
    unless it is a route of a script (`#!`). Order and rest of the query stay. What is
    no http(s) address is its own key, trimmed.
    """
    address = address_of(None, url)
    if address is None:
        return url.strip()
    fragment = address.fragment if (address.fragment or "").startswith("!") else None
    return str(
        address._replace(
            scheme="https",
            host=address.host.rstrip("."),
            path=_one_spelling(address.path),
            query=_without_tracking(address.query),
            fragment=fragment,
        )
    )


def canonical_by(keys: Container[str], url: str) -> str:
    """Return the canonical form of an entry's address, of which it has these keys.

    One of them says in most entries that the address is canonical as it is: to see
    that takes a twentieth of making it so.
    """
    is_canonical = f"link:{url}" in keys and "#" not in url
    return url if is_canonical else canonical(url)


def is_published_iri(text: str) -> bool:
    """Tell whether `text` may stand as `atom:id` or guid just as it is.

    True for http(s) addresses already in normal form, for `urn:` (a `urn:uuid:` must
    hold one) and for `tag:` URIs. Stricter than RFC 4287: what the W3C feed validator
    would report, if only as a warning, is no.
    """
    if ":" not in text:
        return False
    urn = URN.fullmatch(text)
    if urn is not None:
        return urn["space"] != "uuid" or UUID.fullmatch(urn["name"]) is not None
    if TAG.fullmatch(text):
        return True
    address = address_of(None, text)
    if address is None or address.query == "" or address.fragment == "":
        return False
    return text == str(
        address._replace(
            path=_one_spelling(address.path),
            query=address.query and _one_spelling(address.query),
        )
    )


def _without_tracking(query: str | None) -> str | None:
    if not query:
        return None
    kept = [pair for pair in query.split("&") if pair and not _tracks(pair)]
    return _one_spelling("&".join(kept)) or None


def _tracks(pair: str) -> bool:
    name = pair.partition("=")[0].lower().removeprefix("amp;")
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)


def _one_spelling(text: str) -> str:
    """Return escapes in upper case, and those of unreserved letters decoded.

    Source: RFC 3986 section 6.2.2.
    """
    if "%" not in text:
        return text

    def spell(escape: re.Match[str]) -> str:
        letter = chr(int(escape[1], 16))
        return letter if letter in UNRESERVED else escape[0].upper()

    return ESCAPE.sub(spell, text)
