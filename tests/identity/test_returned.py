"""Reports that were pruned, and that their source serves again."""

from datetime import timedelta

import pytest
from builders import NOON, article
from msgspec.structs import replace

from aggregator.identity import Reconciled
from aggregator.model import Document
from aggregator.returned import without_returned, worth_asking

YEAR = timedelta(days=365)
DAY = timedelta(days=1)
OLD = article(
    1, keys=("guid:1", "link:https://a.example/1", "text:ab"), dated=NOON - YEAR
)
UNDATED = replace(OLD, dated=None)
PRUNED = dict.fromkeys(OLD.keys, NOON - YEAR)


def left(*new, pruned):
    """Return what is new after all, and what is noted of the rest."""
    changes = Reconciled(
        document=Document(context=b"", items=()),
        new=new,
        changed=(),
        aliases=(),
        deletions=(),
    )
    changes = without_returned(changes, pruned)
    return changes.new, changes.notes


def only(*kinds):
    return {key: at for key, at in PRUNED.items() if key.partition(":")[0] in kinds}


@pytest.mark.parametrize("kinds", [("guid",), ("link",), ("text",), ("guid", "link")])
def test_a_dated_report_is_known_by_any_of_its_names(kinds):
    note = "1 entries left out: they were here before, and were pruned"

    assert left(OLD, pruned=only(*kinds)) == ((), (note,))


def test_a_report_is_no_younger_than_the_youngest_that_had_one_of_its_names():
    guid, link, _ = OLD.keys
    pruned = {guid: NOON - YEAR, link: NOON - 30 * DAY}

    assert left(replace(OLD, dated=NOON - 30 * DAY), pruned=pruned)[0] == ()
    assert left(replace(OLD, dated=NOON - 28 * DAY), pruned=pruned)[0] != ()


def test_an_id_that_is_used_again_names_a_new_report():
    again = replace(OLD, dated=NOON - 2 * DAY)

    assert left(again, pruned=PRUNED) == ((again,), ())


def test_a_report_without_a_date_is_known_by_its_words_or_by_several_names():
    assert left(UNDATED, pruned=only("guid")) == ((UNDATED,), ())
    assert left(UNDATED, pruned=only("link")) == ((UNDATED,), ())
    assert left(UNDATED, pruned=only("text"))[0] == ()
    assert left(UNDATED, pruned=only("guid", "link"))[0] == ()


def test_what_was_never_here_is_new():
    assert left(OLD, UNDATED, pruned={}) == ((OLD, UNDATED), ())


def test_nobody_asks_for_reports_of_today():
    fresh = replace(OLD, dated=NOON - timedelta(hours=20))

    assert worth_asking([fresh, OLD, UNDATED], now=NOON) == [OLD, UNDATED]
