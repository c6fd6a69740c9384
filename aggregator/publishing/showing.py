"""Turn an article into what one publication may show of it.

In: an article with its edited headline, the publication, the rights of the source, and
the time. Out: a Report, from which every format and page is written, or None while the
article may not be shown at all. This is the one place where rights are applied: what a
source withholds is not in the Report, so no writer can show it by mistake.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from html import escape

from msgspec.structs import replace

from aggregator.model import BODY_MODES, Also, Article, Publication, Report, Rights
from aggregator.publishing.credit import (
    also_block,
    also_line,
    credit_block,
    credit_line,
    others,
)
from aggregator.publishing.particulars import media_type
from aggregator.publishing.timing import withheld
from aggregator.text import markup

EXCERPT_WORDS = 50
LEAD_WORDS = 15
# Characters of HTML in which the first words are looked for before all of it is read:
# of 800 real reports, these took the least time (29 µs each).
OPENINGS = (700, 1400, 2000)

PICTURE = re.compile("<(img|picture|video)", re.IGNORECASE)
# What is looked for in a body whose pictures may not be shown (XPath).
_HOLDS_PICTURES = ".//img or .//picture"
_ONLY_PICTURES = (
    f"//figure[({_HOLDS_PICTURES}) and not(.//audio or .//video)"
    " and not(.//text()[normalize-space() and not(ancestor::figcaption)])]"
)
_SHOWS_ANYTHING = ".//text()[normalize-space()] | .//audio | .//video"


def report(
    article: Article,
    publication: Publication,
    rights: Rights,
    *,
    now: datetime,
    also: Sequence[Also] = (),
) -> Report | None:
    """Return the article as this publication may show it; None: it may not, now.

    The body is the lower of what the publication wants and what the rights allow; an
    excerpt has `rights.words` words (50 by default) of the visible text. Where images
    are not ours to show, none is left: in the body, as picture, or as enclosure. A
    headline that is empty is replaced by the first words, as far as they may be shown,
    else the source's name.
    `also` are other sources of the same article, credited beside its own.
    """
    if withheld(article, rights, now):
        return None
    mode = min(publication.body, rights.body, key=BODY_MODES.index)
    body = article.body if rights.images else without_images(article.body)
    excerpt, lead = "", ""
    if mode != "headline":
        words = rights.words or EXCERPT_WORDS
        few = min(words, LEAD_WORDS)
        excerpt, lead = first_words(body, article.summary, words, few)
    shown = body if mode == "full" else paragraph(excerpt)
    word, spoken = publication.credit, publication.language
    credit = credit_line(article, word, spoken)
    beside = others(article, also)
    return Report(
        article=allowed(article, rights),
        title=headline(article, rights) or lead or article.attribution.title,
        original=differing(article.source_title, article.title),
        content=shown
        + also_block(beside, spoken)
        + credit_block(article, word, spoken),
        excerpt=" ".join(filter(None, (excerpt, also_line(beside, spoken), credit))),
        lead=lead,
        body=mode,
        rights=rights,
        also=tuple(also),
    )


def headline(article: Article, rights: Rights) -> str:
    """Return the headline, empty if there is none that may be shown.

    Where the source sent none, the first words of its text stand in (`normalise`), and
    those count as an excerpt.
    """
    title = article.title.strip()
    if article.source_title or article.override or rights.body == "full":
        return title
    words = rights.words or EXCERPT_WORDS
    return markup.excerpt(title, words)[0] if rights.body == "excerpt" else ""


def is_picture(type_: str | None, url: str) -> bool:
    """Return whether a file is a picture by what is said of it, or by its name."""
    return any(media_type(t, url).startswith("image/") for t in (type_, None))


def allowed(article: Article, rights: Rights) -> Article:
    """Return the article without its body, and without images where they are barred.

    What describes its picture is of the source's words, too, and no longer than they.
    """
    bare = replace(article, body="", source_body="", summary=None, raw=b"")
    if rights.images:
        image = article.image
        if image and image.alt and rights.body != "full":
            few = rights.words or EXCERPT_WORDS
            alt = (
                markup.excerpt(image.alt, few)[0] if rights.body == "excerpt" else None
            )
            return replace(bare, image=replace(image, alt=alt))
        return bare
    kept = tuple(
        enclosure
        for enclosure in article.enclosures
        if not is_picture(enclosure.type, enclosure.url)
    )
    return replace(bare, image=None, enclosures=kept)


def first_words(body: str, summary: str | None, *words: int) -> list[str]:
    """Return the first words of what a body shows, or else of the source's summary.

    As many as are asked for, once for each number. Reading a body for its words is the
    dearest step of all (1.5 ms for 7 KB), so as a rule only its opening is read, once:
    if that holds a word more than are wanted, the rest cannot matter.
    """
    found = [("", False) for _ in words]
    for most in (*OPENINGS, len(body)):
        # In the midst of no tag; text without one may end anywhere.
        end = body.rfind("<", 0, most) if len(body) > most else len(body)
        opening = body[: most if end < 0 else end]
        text = shown_text(opening) if most in OPENINGS else markup.visible_text(body)
        found = [
            (first, cut) if cut else markup.excerpt(text, each)
            for each, (first, cut) in zip(words, found, strict=True)
        ]
        if opening == body or all(cut for _, cut in found):
            break
    return [
        first or markup.excerpt(summary or "", each)[0]
        for each, (first, _) in zip(words, found, strict=True)
    ]


# An opening is read in each publication again. 1,024 of 2,000 characters are 2 to 8 MB.
@lru_cache(maxsize=1024)
def shown_text(html: str) -> str:
    """Return all that HTML shows as text, on one line."""
    return markup.visible_text(html)


def paragraph(text: str) -> str:
    """Return plain text as one paragraph of HTML, nothing for nothing."""
    return f"<p>{escape(text, quote=False)}</p>" if text else ""


def differing(original: str, title: str) -> str | None:
    """Return the source's headline where the desk published another."""
    return original if original.strip() != title.strip() and original.strip() else None


def without_images(html: str) -> str:
    """Return HTML without pictures, with the lines under them, and posters of films.

    A figure goes whole if it shows pictures and nothing else; tables, code and quotations
    stand in figures, too. A link that only led from a picture goes with it.
    """
    if not PICTURE.search(html):
        return html
    # lxml costs 20 ms to import; only sources that bar images need it here.
    from lxml import html as lxml_html

    root = lxml_html.fragment_fromstring(html, create_parent="div")
    barred = root.xpath(_ONLY_PICTURES)
    links = root.xpath(f"//a[{_HOLDS_PICTURES}]")
    for element in [*barred, *root.xpath("//img | //picture")]:
        if element.getparent() is not None:
            element.drop_tree()
    for link in links:
        if link.getparent() is not None and not link.xpath(_SHOWS_ANYTHING):
            link.drop_tree()
    for film in root.xpath("//video[@poster]"):
        del film.attrib["poster"]
    kept: str = lxml_html.tostring(root, encoding="unicode")
    return kept.removeprefix("<div>").removesuffix("</div>")


def fingerprint(report: Report) -> bytes:
    """Return 16 bytes that change whenever anything a format may write changes."""
    article = report.article
    digest = blake2b(report.content.encode("utf-8", "surrogatepass"), digest_size=16)
    rest = (
        report.title,
        report.original,
        report.excerpt,
        report.lead,
        report.body,
        report.rights,
        report.also,
        article.id,
        article.published_id,
        article.source_id,
        article.url,
        article.source_title,
        article.rules,
        article.authors,
        article.tags,
        article.language,
        article.enclosures,
        article.image,
        article.attribution,
        article.published,
        article.updated,
        article.text_sha256,
        article.changes,
    )
    digest.update(repr(rest).encode("utf-8", "surrogatepass"))
    return digest.digest()
