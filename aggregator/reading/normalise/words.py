"""The words of an entry: headline, body and summary, as they may be published."""

import re
from hashlib import sha256
from typing import NamedTuple

from aggregator.reading.normalise import caps
from aggregator.reading.normalise.caps import Caps
from aggregator.reading.parsed import Entry, Text
from aggregator.text import markup
from aggregator.text.markup import Cleaned

DERIVED_WORDS = 12  # of the text, where there is no headline
DERIVED = "made a headline of the first words"
REPAIRED = "repaired text that was encoded twice"
_TAG = re.compile(r"<[^>]*>")
_ASCII_BLANKS = bytes(code for code in range(0x80) if chr(code).isspace())
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Words(NamedTuple):
    """What an entry says; see `model.Article`.

    `text` is the visible text of `body`, which `clean` has computed already:
    `text_sha256` is the digest of that, as `markup.text_sha256` would make it.
    """

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


def words(
    entry: Entry, *, base: str, version: str, fallback: str, tally: Caps
) -> Words:
    """Return an entry's words.

    `base` is what relative addresses in the body are relative to where the document
    does not say. `version` is the feed's dialect. An entry without headline is
    published under the first words of its text, or under `fallback` if it has none;
    `source_title` stays empty then.
    """
    chosen = body_of(entry)
    cleaned = _cleaned(chosen, base, tally) if chosen else Cleaned(html="", text="")
    changes = cleaned.changes
    source_title = title_line(entry.title, version) if entry.title else ""
    source_title = tally.text(source_title, caps.TITLE, "titles")
    title = source_title
    if not title:
        title = markup.excerpt(cleaned.text, DERIVED_WORDS)[0] or fallback
        title = tally.text(title, caps.TITLE, "titles")
        changes += (DERIVED,)
    return Words(
        source_title=source_title,
        title=title,
        source_body=_storable(chosen.value) if chosen else "",
        source_type=chosen.type if chosen else "text/html",
        body=cleaned.html,
        text=cleaned.text,
        summary=_summary(entry, chosen, cleaned.text, tally),
        text_sha256=sha256(cleaned.text.encode()).hexdigest(),
        language=chosen.language if chosen else None,
        changes=changes,
    )


def title_line(title: Text, version: str) -> str:
    """Return a title as one line of text.

    Atom and JSON say what a title is; RSS does not, and `markup.plain` decides.
    """
    says = version.startswith(("atom", "json")) or title.type == "application/xhtml+xml"
    return markup.plain(title.value, title.type if says else None)


def body_of(entry: Entry) -> Text | None:
    """Return the fullest text of an entry.

    Of the contents the fullest, marked-up before plain; the summary instead where it is
    marked up and says more, as in feeds that put the excerpt into `content:encoded`.
    """
    contents = [text for text in entry.contents if text.value.strip()]
    best = (
        contents[0] if len(contents) == 1 else max(contents, key=fullness, default=None)
    )
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
        return _letters(text.value) * 2 / 3
    return _letters(_TAG.sub("", text.value))


def _letters(text: str) -> int:
    """Return how many characters of a text are not white space."""
    if text.isascii():  # the same, without a string for every word
        return len(text.encode().translate(None, _ASCII_BLANKS))
    return len("".join(text.split()))


def _cleaned(chosen: Text, base: str, tally: Caps) -> Cleaned:
    cleaned = markup.clean(
        chosen.value,
        base=chosen.base or base,
        media_type=chosen.type,
        max_bytes=caps.BODY,
    )
    if any(change.startswith("cut at") for change in cleaned.changes):
        tally.count(f"bodies cut to {caps.BODY:,} bytes")
    if not chosen.repaired:
        return cleaned
    return cleaned._replace(changes=(REPAIRED, *cleaned.changes))


def _storable(text: str) -> str:
    """Return text as sent, but for the characters that no store and no XML can hold."""
    return text if markup.is_sound(text) else FORBIDDEN.sub("", text)


def _summary(entry: Entry, chosen: Text | None, text: str, tally: Caps) -> str | None:
    """Return the source's own summary where it says something else than the body.

    `text` is the body's visible text: on one line, as the summary's is.
    """
    for candidate in (entry.summary, *entry.contents):
        if candidate is None or candidate is chosen:
            continue
        line = markup.plain(candidate.value, candidate.type)
        if line and line != text:
            return tally.text(line, caps.SUMMARY, "summaries")
    return None
