"""What a source changes reaches readers, as news only where it is news."""

from datetime import timedelta

import pytest
from builders import NOON, article, known
from msgspec.structs import replace

from aggregator.corrections import corrected
from aggregator.text import markup

HOUR = timedelta(hours=1)
OLD = article(
    title="Flood in Lagos", body="<p>12 people died. Read 1,204 times.</p>", revision=0
)


def says(body, *, held=OLD, at=NOON, **changes):
    """Let the source say something else; return what becomes of the article."""
    new = replace(
        held, body=body, source_body=body, text_sha256=markup.text_sha256(body)
    )
    return corrected(replace(new, **changes), known(held), held, now=at)


def test_other_words_are_passed_on_as_a_revision_at_the_old_place():
    """D16: `updated` moves; first-seen, `published` and the position stay."""
    new = says("<p>14 people died, officials say.</p>")

    assert (new.updated, new.revision) == (NOON, 1)
    assert (new.listed_at, new.published, new.first_seen, new.id) == (
        OLD.listed_at,
        OLD.published,
        OLD.first_seen,
        OLD.id,
    )


def test_an_edit_that_is_taken_back_is_an_edit():
    """D16: edited back, the old words are published again, updated now."""
    edited = says("<p>Other words.</p>")

    back = says(OLD.body, held=edited, at=NOON + HOUR)

    assert (back.body, back.updated, back.revision) == (OLD.body, NOON + HOUR, 2)


@pytest.mark.parametrize(
    "body",
    [
        "<p>12 people died. Read 1,205 times.</p>",
        "<p>12 people died. Read 21 204 times.</p>",
        "<p>12 people died. Read ١٢٠٥ times.</p>",
        '<p class="v2">12 people died. Read 1,204 times.</p>',
    ],
)
def test_a_counter_is_passed_on_and_is_no_news(body):
    """D16: counter-only changes do not bump; the number may still matter."""
    new = says(body)

    assert (new.body, new.updated, new.revision) == (body, OLD.updated, 0)


def test_a_number_that_the_source_calls_an_update_is_one():
    at = OLD.updated + timedelta(seconds=30)

    new = says("<p>14 people died. Read 1,204 times.</p>", updated=at)

    assert (new.updated, new.revision) == (at, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"source_title": "Flood in Lagos: 14 dead"},
        {"url": "https://agency.example/reports/1b"},
        {"authors": ("A. Writer",)},
    ],
)
def test_other_than_the_text_everything_is_news(change):
    assert says(OLD.body, **change).revision == 1


def test_a_text_that_changes_at_every_poll_is_braked_and_its_end_arrives():
    """D16: an hourly poll for a week is 168 changes; a dozen of them are passed on."""
    held, at, passed_on = OLD, NOON, 0
    for poll in range(168):
        at += HOUR
        new = says(f"<p>Now: {'ab'[poll % 2] * (poll + 1)}</p>", held=held, at=at)
        passed_on += new is not None
        held = new or held

    last = says("<p>The end.</p>", held=held, at=at + timedelta(days=1))

    assert 15 <= passed_on <= 25
    assert last.body == "<p>The end.</p>"


def test_the_time_of_an_update_is_never_ahead_of_ours_nor_goes_back():
    ahead = says("<p>Other.</p>", updated=NOON + HOUR)
    behind = says("<p>Other.</p>", updated=OLD.updated - HOUR)

    assert (ahead.updated, behind.updated) == (NOON, NOON)
