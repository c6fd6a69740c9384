"""Build the credit that stands under every report: the one place where it is worded.

In: an article. Out: the credit block as HTML, or the same as one line of plain text.
An entry that reached us through an aggregate names its first source, and ours as the
way it came. Only http and https addresses are shown; without any, the name stands alone.

The block is a contract with the outside, to the character. Where other sources carried
the same article, a paragraph of its own before the block names them.

Only where right-to-left text is near, what is inside the paragraph says its direction:
in a Persian page the last slash of an address would jump to its front, and after a
Persian word for "source" a Latin name and the address would change places (looked at in
Chromium). The start tag and `<a href="URL">URL</a>` stay to the character. The plain line
has the same order and no marks of direction: who makes links of addresses in texts
would take them for a part of the address.
"""

import re
from collections.abc import Sequence
from html import escape

from aggregator.model import Also, Article, Attribution, Via

BLOCK_START = '<p class="mediawire-credit">'
ALSO_START = '<p class="mediawire-also">'

# Hebrew to Arabic Extended-A, their presentation forms, and the old and new scripts
# beside them (Unicode, DerivedBidiClass.txt: what is R or AL by default).
_RTL = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_RTL_LANGUAGES = frozenset({*("ar", "ckb", "dv", "fa", "he", "iw", "ks", "ps"), "sd"})
_RTL_LANGUAGES |= {"ug", "ur", "yi"}


def credited_name(article: Article) -> str:
    """Return the name we credit: `AGENCY`, or `AGENCY (via AGGREGATE)`."""
    attribution, via = article.attribution, first_source(article.attribution)
    return f"{via.title} (via {attribution.title})" if via else attribution.title


def first_source(attribution: Attribution) -> Via | None:
    """Return whose words an aggregated entry is, None if it is our source's own."""
    via = attribution.via
    return via if via and via.title.strip() else None


def credited_url(article: Article) -> str | None:
    """Return the report's address, else the nearest we know: its site, its feed."""
    attribution, via = article.attribution, first_source(article.attribution)
    nearest = (
        article.url,
        via.site_url if via else None,
        via.feed_url if via else None,
        attribution.site_url,
        attribution.feed_url,
    )
    return next((url for url in map(public, nearest) if url), None)


def public(url: str | None) -> str | None:
    """Return an address that may be shown, or None: a `file:` source has none."""
    return url if url and url.startswith(("http://", "https://")) else None


def credit_block(article: Article, word: str = "Source") -> str:
    """Return the last paragraph of every body, as HTML."""
    name, url = escape(credited_name(article), quote=False), credited_url(article)
    rtl = _meets_rtl(article, word)
    name = f"<bdi>{name}</bdi>" if rtl else name
    said = f"{escape(word, quote=False)}: {name}"
    if url is not None:
        text = escape(url, quote=False)
        href = text.replace('"', "&quot;")
        link = f'<a href="{href}">{text}</a>'
        said += f' – <bdi dir="ltr">{link}</bdi>' if rtl else f" – {link}"
    if rtl:
        direction = "rtl" if _RTL.search(word) else "ltr"
        said = f'<bdi dir="{direction}">{said}</bdi>'
    return f"{BLOCK_START}{said}</p>"


def _meets_rtl(article: Article, word: str) -> bool:
    """Return whether right-to-left text stands in the credit, or likely around it."""
    language = (article.language or "").partition("-")[0].lower()
    near = (word, credited_name(article), article.title, article.source_title)
    return language in _RTL_LANGUAGES or any(map(_RTL.search, near))


def credit_line(article: Article, word: str = "Source") -> str:
    """Return the same credit as plain text, for summaries."""
    name, url = credited_name(article), credited_url(article)
    return f"{word}: {name} – {url}" if url else f"{word}: {name}"


def also_block(also: Sequence[Also]) -> str:
    """Return who else carried the article, as HTML; nothing for nobody."""
    if not also:
        return ""
    return f"{ALSO_START}Also: {', '.join(map(_also_linked, also))}</p>"


def also_line(also: Sequence[Also]) -> str:
    """Return the same as plain text; nothing for nobody."""
    named = (f"{a.title} – {a.url}" if public(a.url) else a.title for a in also)
    return f"Also: {', '.join(named)} ·" if also else ""


def _also_linked(also: Also) -> str:
    name = escape(also.title, quote=False)
    name = f"<bdi>{name}</bdi>" if _RTL.search(name) else name
    url = public(also.url)
    return f'<a href="{escape(url)}">{name}</a>' if url else name
