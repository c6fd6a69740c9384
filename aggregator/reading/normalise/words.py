"""The words of an entry: headline, body and summary, as they may be published."""

import re
from dataclasses import dataclass

from aggregator.reading.normalise import caps
from aggregator.reading.normalise.caps import Caps
from aggregator.reading.parsed import Entry, Text
from aggregator.text import markup

_DERIVED_WORDS = 12  # of the text, where there is no headline
_TAG = re.compile(r"<[^>]*>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an entry says. `text` is the visible text of `body`; see `model.Article`."""

    source_title: str
    title: str
    source_body: str
    source_type: str
    body: str
    text: str
    summary: str | None
    text_sha256: str
    language: str | None
    changes: tuple[str, ...]


def words(entry: Entry, *, base: str, fallback: str, tally: Caps) -> Words:
    """Return an entry's words.

    `base` is what relative addresses in the body are relative to where the document
    does not say. An entry without headline is published under the first words of its
    text, or under `fallback` if it has none; `source_title` stays empty then.
    """
    chosen = body_of(entry)
    changes: tuple[str, ...] = ()
    body = ""
    if chosen:
        body, changes = _cleaned(chosen, base, tally)
    text = markup.visible_text(body) if body else ""
    source_title = _title(entry.title, tally)
    title = source_title
    if not title:
        title = markup.excerpt(" ".join(text.split()), _DERIVED_WORDS)[0] or fallback
        title = tally.text(markup.printable(title), caps.TITLE, "titles")
        changes += ("title-derived",)
    return Words(
        source_title=source_title,
        title=title,
        source_body=_FORBIDDEN.sub("", chosen.value) if chosen else "",
        source_type=chosen.type if chosen else "text/html",
        body=body,
        text=text,
        summary=_summary(entry, chosen, text, tally),
        text_sha256=markup.text_sha256(body),
        language=chosen.language if chosen else None,
        changes=changes,
    )


def body_of(entry: Entry) -> Text | None:
    """Return the fullest text of an entry.

    Of the contents the fullest, marked-up before plain; the summary instead where it is
    marked up and says more, as in feeds that put the excerpt into `content:encoded`.
    """
    contents = [text for text in entry.contents if text.value.strip()]
    best = max(contents, key=fullness, default=None)
    summary = entry.summary
    if best is None or summary is None:
        return best or summary
    is_fuller = summary.type != "text/plain" and fullness(summary) > fullness(best)
    return summary if is_fuller else best


def fullness(text: Text) -> float:
    """Return how much a text says: its visible characters, roughly.

    Plain text counts two thirds: it has to say half as much again before it may stand
    for a text with links and paragraphs.
    """
    if text.type == "text/plain":
        return len("".join(text.value.split())) * 2 / 3
    return len("".join(_TAG.sub("", text.value).split()))


def _cleaned(chosen: Text, base: str, tally: Caps) -> tuple[str, tuple[str, ...]]:
    base = chosen.base or base
    cleaned = markup.clean(chosen.value, base=base, media_type=chosen.type)
    body, changes = cleaned.html, cleaned.changes
    if chosen.repaired:
        changes = ("encoding-repaired", *changes)
    if len(body) > caps.BODY:
        # Cleaning again closes what the cut left open.
        cut = tally.text(body, caps.BODY, "bodies")
        body = markup.clean(cut, base=base, media_type="text/html").html
        changes += ("body-cut",)
    return body, changes


def _title(title: Text | None, tally: Caps) -> str:
    if title is None:
        return ""
    line = markup.printable(markup.plain(title.value, title.type))
    return tally.text(line, caps.TITLE, "titles")


def _summary(entry: Entry, chosen: Text | None, text: str, tally: Caps) -> str | None:
    """Return the source's own summary where it says something else than the body."""
    for candidate in (entry.summary, *entry.contents):
        if candidate is None or candidate is chosen:
            continue
        line = markup.printable(markup.plain(candidate.value, candidate.type))
        if line and line.split() != text.split():
            return tally.text(line, caps.SUMMARY, "summaries")
    return None
