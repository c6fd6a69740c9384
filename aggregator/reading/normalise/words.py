"""The words of an entry: headline, body and summary, as they may be published."""

import re
from hashlib import sha256
from typing import NamedTuple

from aggregator.reading.normalise import beginnings, caps
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
    stand_in: str
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
    published under the first words of its text, or under `fallback` if it has none:
    that is its `stand_in`, and `source_title` stays empty.
    """
    chosen = body_of(entry)
    cleaned = _cleaned(chosen, base, tally) if chosen else Cleaned(html="", text="")
    changes = cleaned.changes
    source_title = title_line(entry.title, version) if entry.title else ""
    source_title = tally.text(source_title, caps.TITLE, "titles")
    stand_in = ""
    if not source_title:
        opening = markup.excerpt(cleaned.text, DERIVED_WORDS)[0]
        stand_in = markup.plain(opening, "text/plain") or fallback
        stand_in = tally.text(stand_in, caps.TITLE, "titles")
        changes += (DERIVED,)
    return Words(
        source_title=source_title,
        stand_in=stand_in,
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
    """Return the text of an entry that is its body: what it calls its content.

    Another text takes its place where the content shows no words, or only the first
    ones of that text, as in feeds that put the excerpt into `content:encoded`. Of
    several texts without such a name the fullest is the body.
    """
    others = [one for one in (entry.summary, entry.retold) if one]
    content = _fullest([one for one in entry.contents if one.value.strip()])
    if content is None:
        return _fullest(others)
    others = [one for one in others if one.value != content.value]
    letters = _letters(_TAG.sub("", content.value)) if others else 0
    longer = [one for one in others if len(one.value) > letters]
    for other in sorted(longer, key=fullness, reverse=True):
        if beginnings.is_beginning(_shown(content), of=_shown(other)):
            return other
    return content


def _fullest(texts: list[Text]) -> Text | None:
    return texts[0] if len(texts) == 1 else max(texts, key=fullness, default=None)


def _shown(text: Text) -> str:
    return markup.as_html(text.value, text.type)


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
    for candidate in (entry.summary, *entry.contents, entry.retold):
        if candidate is None or candidate is chosen:
            continue
        line = markup.plain(candidate.value, candidate.type)
        if line and line != text:
            return tally.text(line, caps.SUMMARY, "summaries")
    return None
