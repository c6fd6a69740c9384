"""Build the credit that stands under every report: the one place where it is worded.

In: an article. Out: the credit block as HTML, or the same as one line of plain text.
An entry that reached us through an aggregate names its first source, and ours as the
way it came. Only http and https addresses are shown; without any, the name stands alone.

The block is a contract with the outside, to the character. Where other sources carried
the same article, a paragraph of its own before the block names them. Words of ours in
either are in the language of the publication, if we speak it; the first is its own.

Right-to-left text needs no marks in it: our pages let the paragraph take its direction
from its first word and keep the address in one piece (`wire.css`), and in a feed the
reader's page decides, for the credit as for the report above it.
"""

import re
from collections.abc import Sequence
from html import escape

from aggregator.model import INVENTED, Also, Article, Attribution, Via
from aggregator.text.phrases import phrases

BLOCK_START = '<p class="mediawire-credit">'
ALSO_START = '<p class="mediawire-also">'

# Hebrew to Arabic Extended-A, their presentation forms, and the old and new scripts
# beside them (Unicode, DerivedBidiClass.txt: what is R or AL by default).
_RTL = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def credited_name(article: Article, language: str | None) -> str:
    """Return the name we credit: `AGENCY`, or `AGENCY (via AGGREGATE)`."""
    attribution, via = article.attribution, first_source(article.attribution)
    if via is None:
        return attribution.title
    return f"{via.title} ({phrases(language).via} {attribution.title})"


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
    return next((url for url in map(showable, nearest) if url), None)


def showable(url: str | None) -> str | None:
    """Return an address that may be shown, or None: a `file:` source has none."""
    if not url or not url.startswith(("http://", "https://")):
        return None
    return None if url.startswith(INVENTED) else url


def credit_block(article: Article, word: str, language: str | None) -> str:
    """Return the last paragraph of every body, as HTML; `word` stands before the name."""
    name = escape(credited_name(article, language), quote=False)
    url = credited_url(article)
    said = f"{escape(word, quote=False)}: {name}"
    if url is not None:
        text = escape(url, quote=False)
        href = text.replace('"', "&quot;")
        said += f' – <a href="{href}">{text}</a>'
    return f"{BLOCK_START}{said}</p>"


def credit_line(article: Article, word: str, language: str | None) -> str:
    """Return the same credit as plain text, for summaries."""
    name, url = credited_name(article, language), credited_url(article)
    return f"{word}: {name} – {url}" if url else f"{word}: {name}"


def others(article: Article, also: Sequence[Also]) -> tuple[Also, ...]:
    """Return who is to be named beside the credit: nobody twice for one address.

    Feeds of one agency often bear one title, and carry the same reports.
    """
    named, shown = {(article.attribution.title, article.url)}, []
    for each in also:
        if (each.title, each.url) not in named:
            named.add((each.title, each.url))
            shown.append(each)
    return tuple(shown)


def also_block(also: Sequence[Also], language: str | None) -> str:
    """Return who else carried the article, as HTML; nothing for nobody."""
    if not also:
        return ""
    word = phrases(language).also
    return f"{ALSO_START}{word}: {', '.join(map(_also_linked, also))}</p>"


def also_line(also: Sequence[Also], language: str | None) -> str:
    """Return the same as plain text; nothing for nobody."""
    named = (f"{a.title} – {a.url}" if showable(a.url) else a.title for a in also)
    return f"{phrases(language).also}: {', '.join(named)} ·" if also else ""


def _also_linked(also: Also) -> str:
    name = escape(also.title, quote=False)
    name = f"<bdi>{name}</bdi>" if _RTL.search(name) else name
    url = showable(also.url)
    return f'<a href="{escape(url)}">{name}</a>' if url else name
