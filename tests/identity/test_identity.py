"""Which article an entry is: believed ids, shared ids, changed ids."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import known as known_as
from msgspec.structs import replace

from aggregator.corrections import FREE
from aggregator.identity import FLOOD, keys_of, reconcile
from aggregator.model import (
    Article,
    Attribution,
    Deletion,
    Document,
    Passage,
    Reading,
    Via,
)
from aggregator.reading import named
from aggregator.recognition import TELLING_CROWD

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CREDIT = Attribution(
    source_id="a", title="A", feed_url="https://a.example/feed", site_url=None
)


def entry(guid=None, link=None, title="Rain in Rome", text="", dated=None, **fields):
    keys = (
        *([f"guid:{guid}"] if guid else []),
        *([f"link:{link}"] if link else []),
        f"text:{title}/{text}",
    )
    blank = Article(
        id="",
        published_id="",
        source_id="a",
        keys=keys,
        url=link,
        source_title=title,
        title=title,
        source_body=text,
        body=text,
        text_sha256=text,
        attribution=CREDIT,
        dated=dated,
        published=dated or NOON,
        updated=dated or NOON,
        first_seen=NOON,
        listed_at=NOON,
    )
    return replace(named(blank, keys), **fields)


def digest(n):
    return bytes([n]) * 16


def document(*entries, listed=(), known=(), now=NOON, first=False, **said):
    """Reconcile a document of new entries, and of known ones that did not change."""
    items = [(digest(n), article) for n, article in enumerate(entries)]
    still = [(digest(100 + n), None) for n, _ in enumerate(listed)]
    reading = Reading(feed=None, context=b"c", items=(*items, *still), **said)
    asked = keys_of(reading)
    return reconcile(
        reading,
        known={key: k for k in known for key in k.keys if key in asked},
        held=lambda _: None,
        previous=Document(
            context=b"c",
            items=tuple((digest(100 + n), id_) for n, id_ in enumerate(listed)),
        ),
        first=first,
        now=now,
    )


def test_an_entry_nobody_knows_is_new():
    one = entry("1", "https://a.example/1")

    found = document(one)

    assert [article.id for article in found.new] == [one.id]
    assert found.document.items == ((digest(0), one.id),)
    assert (found.changed, found.aliases) == ((), ())


def test_a_known_entry_with_the_same_words_changes_nothing():
    one = entry("1", "https://a.example/1")

    found = document(one, known=[known_as(one)])

    assert (found.new, found.changed, found.aliases) == ((), (), ())
    assert found.document.items == ((digest(0), one.id),)


def test_an_edited_entry_keeps_its_names_and_its_place():
    old = entry("1", "https://a.example/1", text="<p>Old</p>")
    edited = entry("1", "https://a.example/1", text="<p>New</p>")

    found = document(edited, known=[known_as(old)], now=NOON + HOUR)

    (changed,) = found.changed
    assert (changed.id, changed.published_id) == (old.id, old.published_id)
    assert (changed.listed_at, changed.published) == (old.listed_at, old.published)
    assert (changed.updated, changed.revision) == (NOON + HOUR, 1)


@pytest.mark.parametrize(
    "told",
    [
        {"via": Via(title="First", feed_url="https://first.example/feed")},
        {"rights": "(c) Ann", "feed_rights": "(c) A"},
        {"license": "https://creativecommons.org/licenses/by/4.0/"},
    ],
    ids=["first source", "notice", "licence"],
)
def test_a_credit_that_an_entry_gives_later_is_passed_on(told):
    old = entry("1", "https://a.example/1")
    new = replace(old, attribution=replace(CREDIT, **told))

    (changed,) = document(new, known=[known_as(old)]).changed

    assert changed.attribution == new.attribution
    assert changed.listed_at == old.listed_at


def test_another_name_of_the_feed_changes_no_article():
    old = entry("1", "https://a.example/1")
    said = replace(CREDIT, title="B", author="Bob", rights="(c) B")

    found = document(replace(old, attribution=said), known=[known_as(old)])

    assert found.changed == ()


def test_a_source_that_only_dates_its_entries_anew_changes_nothing():
    """D16: the date is bumped at each poll."""
    old = entry("1", "https://a.example/1", dated=NOON - HOUR)
    again = entry("1", "https://a.example/1", dated=NOON)

    found = document(again, known=[known_as(old)])

    assert (found.new, found.changed) == ((), ())


@pytest.mark.parametrize(("before", "now"), [(NOON - HOUR, None), (None, NOON)])
def test_a_date_that_only_one_of_them_tells_does_not_tell_them_apart(before, now):
    old = entry("1", title="Rain in Rome", dated=before)
    edited = entry("1", title="Storm in Rome", dated=now)

    found = document(edited, known=[known_as(old)])

    assert found.new == ()
    assert [each.id for each in found.changed] == [old.id]


def test_an_id_that_changes_form_is_the_same_article_by_its_link():
    """D14: ids move from http to https, or get another fragment at each edit."""
    old = entry("http://a.example/1#0", "https://a.example/1", "Rain in Rome")
    new = entry("http://a.example/1#1", "https://a.example/1", "Rain leaves Rome")

    found = document(new, known=[known_as(old)])

    assert found.new == ()
    assert found.changed[0].id == old.id
    assert ("guid:http://a.example/1#1", old.id) in found.aliases


def test_a_random_id_with_the_same_headline_and_link_is_the_same_article():
    old = entry("f81d", "https://a.example/1", "Rain in Rome")
    new = entry("77ac", "https://a.example/1", "Rain in Rome", text="<p>More</p>")

    found = document(new, known=[known_as(old)])

    assert found.new == ()
    assert found.changed[0].id == old.id


def test_two_entries_listed_together_are_two_articles_even_with_one_link():
    old = entry("1", "https://a.example/live", "Rain in Rome")
    new = entry("2", "https://a.example/live", "Rain in Rome")

    found = document(new, listed=[old.id], known=[known_as(old)])

    assert [article.id for article in found.new] == [new.id]


def test_the_same_page_with_another_headline_and_id_is_tomorrows_report():
    old = entry("mon", "https://a.example/weather", "Sun on Monday", dated=NOON - HOUR)
    new = entry("tue", "https://a.example/weather", "Rain on Tuesday", dated=NOON)

    found = document(new, known=[known_as(old)])

    assert len(found.new) == 1


@pytest.mark.parametrize("headline", ["Sun in Oslo", "Rain in Rome"])
def test_an_id_that_stands_for_several_entries_names_none_of_them(headline):
    one = entry("0", "https://a.example/1", "Rain in Rome")
    two = entry("0", "https://a.example/2", headline)

    found = document(one, two)

    first, second = found.new
    assert first.keys[0] == "link:https://a.example/1"
    assert second.keys[0] == "link:https://a.example/2"
    assert first.id != second.id
    assert first.published_id != second.published_id


def test_an_id_that_comes_back_with_nothing_else_in_common_is_another_article():
    old = entry("1", "https://a.example/1", "Rain in Rome", dated=NOON - HOUR)
    new = entry("1", "https://a.example/9", "Sun in Oslo", dated=NOON)

    found = document(new, known=[known_as(old)])

    (article,) = found.new
    assert article.id != old.id
    assert article.keys[0] == "link:https://a.example/9"


def test_an_episode_with_its_id_and_its_file_is_the_old_one_whatever_else_it_says():
    """Episodes have no page: the address of the file is what they have beside the id."""
    file = "https://a.example/1.mp3"
    old = entry("1", file, "Teh start", text="First", dated=NOON - 2 * HOUR, url=None)
    new = entry("1", file, "The start", text="Mended", dated=NOON - HOUR, url=None)

    found = document(new, known=[known_as(old)])

    assert found.new == ()
    assert [article.id for article in found.changed] == [old.id]


def test_ids_that_count_places_name_nothing_where_no_date_is_told():
    """A source that numbers the entries of its document loses none of its reports."""
    rain, sun = (
        entry("1", "https://a.example/rain", "Rain", "Wet"),
        entry("2", "https://a.example/sun", "Sun", "Dry"),
    )
    snow = entry("1", "https://a.example/snow", "Snow", "White")
    again = entry("2", "https://a.example/rain", "Rain", "Wet")

    found = document(snow, again, known=[known_as(rain), known_as(sun)])

    assert [article.source_title for article in found.new] == ["Snow"]
    assert [id_ for _, id_ in found.document.items][1] == rain.id
    assert found.changed == ()


@pytest.mark.parametrize("before", [None, "https://a.example/1"])
@pytest.mark.parametrize("link", [None, "https://a.example/9"])
def test_an_undated_entry_keeps_its_id_whatever_it_says_unless_its_link_differs(
    before, link
):
    old = entry("1", before, "Rain", "Wet")

    found = document(entry("1", link, "Sun", "Dry"), known=[known_as(old)])

    assert bool(found.new) is bool(before and link)


def test_a_day_that_two_entries_share_does_not_make_them_one():
    """An id that says `latest`, and dates without a time."""
    day = NOON.replace(hour=0)
    old = entry("latest", "https://a.example/1", "Rain", "Wet", dated=day)
    new = entry("latest", "https://a.example/2", "Sun", "Dry", dated=day)

    assert len(document(new, known=[known_as(old)]).new) == 1


def test_words_that_have_to_wait_are_told_with_the_article():
    """Nothing disappears without a reason that one can read."""
    old = entry("1", "https://a.example/1", text="<p>12 dead</p>")
    new = entry("1", "https://a.example/1", text="<p>15 people dead</p>")
    held = known_as(old, revision=FREE, updated=NOON)

    found = document(new, known=[held], now=NOON)

    ((article_id, sentence),) = found.waiting
    assert article_id == old.id
    assert sentence.endswith("the new words wait until 2026-01-01 12:05 UTC")
    assert found.notes == (
        "new words of 1 articles wait: their source changes them too often",
    )


def test_a_link_that_all_entries_share_is_no_name():
    one = entry(None, "https://a.example/", "Rain in Rome")
    two = entry(None, "https://a.example/", "Sun in Oslo")

    found = document(one, two)

    assert len({article.id for article in found.new}) == 2


def test_the_same_entry_twice_in_a_document_is_one_article():
    """I21: the same guid twice in one document."""
    one = entry("1", "https://a.example/1")
    again = entry("1", "https://a.example/1")

    found = document(one, again)

    assert [article.id for article in found.new] == [one.id]
    assert [id_ for _, id_ in found.document.items] == [one.id, one.id]


def versions():
    """Two versions of one entry, as RFC 4287 lets them stand in one document."""
    old = entry("1", "https://a.example/1", text="Old", dated=NOON - 2 * HOUR)
    new = entry("1", "https://a.example/1", text="New", dated=NOON - HOUR)
    return old, new


@pytest.mark.parametrize("latest_first", [True, False])
def test_of_two_versions_in_a_document_the_latest_counts(latest_first):
    """I21: the same guid twice in one document."""
    old, new = versions()

    found = document(*((new, old) if latest_first else (old, new)))

    (article,) = found.new
    assert article.body == "New"
    assert article.published == old.published < new.published


def test_a_later_version_counts_though_the_document_still_lists_the_old_one():
    old, new = versions()

    found = document(new, listed=[old.id], known=[known_as(old)])

    (changed,) = found.changed
    assert (changed.id, changed.body, changed.updated) == (old.id, "New", NOON - HOUR)


@pytest.mark.parametrize("latest_first", [True, False])
def test_an_old_version_that_is_read_again_undoes_nothing(latest_first):
    old, new = versions()

    found = document(
        *((new, old) if latest_first else (old, new)), known=[known_as(new)]
    )

    assert found.changed == ()


def test_a_version_that_tells_no_later_date_gives_way_to_the_one_that_is_listed():
    old, _ = versions()
    undated = entry("1", "https://a.example/1", text="Other")

    found = document(undated, listed=[old.id], known=[known_as(old)])

    assert found.changed == ()


def test_everything_renamed_with_the_same_words_and_date_is_the_same_article():
    old = entry("1", "http://old.example/1", text="<p>Short</p>", dated=NOON - HOUR)
    new = entry("x", "https://new.example/x", text="<p>Short</p>", dated=NOON - HOUR)

    found = document(new, known=[known_as(old)])

    assert found.new == ()
    assert ("link:https://new.example/x", old.id) in found.aliases


def test_the_same_few_words_on_another_day_are_another_article():
    old = entry("1", "https://a.example/1", "Weather", dated=NOON - HOUR)
    new = entry("2", "https://a.example/2", "Weather", dated=NOON)

    assert len(document(new, known=[known_as(old)]).new) == 1


def test_few_words_in_much_markup_do_not_make_tomorrows_report_todays():
    picture = "<img src='https://a.example/" + "map-of-the-region-" * 20 + ".png'>"
    sunny = f"<p>{picture}</p><p>Sunny, 20 degrees.</p>"
    old = entry("1", "https://a.example/1", "Weather", sunny, dated=NOON - HOUR)
    new = entry("2", "https://a.example/2", "Weather", sunny, dated=NOON)

    assert len(document(new, known=[known_as(old)]).new) == 1


def test_many_words_and_the_same_headline_are_the_same_article_on_another_day():
    story = "<p>" + "It rained in Rome for the third day. " * 6 + "</p>"
    old = entry("1", "https://a.example/1", text=story, dated=NOON - HOUR)
    new = entry("2", "https://a.example/2", text=story, dated=NOON)

    assert document(new, known=[known_as(old)]).new == ()


def briefs(count, site, dated):
    """Reports of few words, each with a headline of its own."""
    return [
        entry(f"{site}{n}", f"https://{site}.example/{n}", f"Brief {n}", "Rain", dated)
        for n in range(count)
    ]


def test_a_site_built_anew_brings_nothing_back_however_short_its_reports():
    """Wish 17: other ids, addresses and dates, all at once."""
    old = [known_as(each) for each in briefs(TELLING_CROWD, "old", NOON - HOUR)]
    again = briefs(TELLING_CROWD, "new", NOON)
    news = entry("n", "https://new.example/n", "News", "Sun", dated=NOON)

    found = document(news, *again, known=old)

    assert [article.source_title for article in found.new] == ["News"]


def test_some_short_reports_with_words_of_old_ones_are_new():
    """As of a source that says the weather in ten towns each day."""
    old = [known_as(each) for each in briefs(TELLING_CROWD, "old", NOON - HOUR)]
    few = briefs(TELLING_CROWD - 1, "new", NOON)
    among_others = briefs(TELLING_CROWD + 2, "new", NOON)

    assert len(document(*few, known=old).new) == len(few)
    assert len(document(*among_others, known=old).new) == len(among_others)


def test_a_withdrawn_article_never_returns():
    old = entry("1", "https://a.example/1", text="<p>Old</p>")
    new = entry("1", "https://a.example/1", text="<p>New</p>")

    found = document(new, known=[known_as(old, withdrawn=True)])

    assert (found.new, found.changed) == ((), ())


def test_a_deletion_names_the_article_and_the_reason():
    """D18: at:deleted-entry."""
    old = entry("tag:a.example,2026:1", "https://a.example/1")
    gone = Deletion(ref="tag:a.example,2026:1", comment="printed in error")

    found = document(known=[known_as(old)], deletions=(gone,))

    assert found.deletions == ((old.id, "printed in error"),)


def test_an_entry_that_was_changed_since_it_was_taken_back_stands():
    """D18: so RFC 6721 has it, whether the entry is new, known, or listed as it was."""
    back = entry("1", dated=NOON - HOUR)
    gone = Deletion(ref="1", at=NOON - 2 * HOUR)

    new = document(back, deletions=(gone,))
    edited = document(back, known=[known_as(back)], deletions=(gone,))
    listed = document(listed=[back.id], known=[known_as(back)], deletions=(gone,))

    assert [article.id for article in new.new] == [back.id]
    assert edited.deletions == listed.deletions == ()


def test_a_deletion_that_tells_no_time_holds_of_a_dated_entry_too():
    old = entry("1", "https://a.example/1", dated=NOON - HOUR)

    found = document(old, known=[known_as(old)], deletions=(Deletion(ref="1"),))

    assert [article_id for article_id, _ in found.deletions] == [old.id]


def test_an_entry_that_was_taken_back_since_it_was_changed_goes():
    """D18: though the document still lists it."""
    old = entry("1", dated=NOON - 2 * HOUR)
    gone = Deletion(ref="1", at=NOON - HOUR)

    found = document(listed=[old.id], known=[known_as(old)], deletions=(gone,))

    assert [article_id for article_id, _ in found.deletions] == [old.id]


def test_a_document_of_which_something_was_taken_back_is_read_again():
    """So that the reason is told at each poll."""
    back, where = entry("1"), Passage(begin=b"<", size=9, first=9, digest=digest(9))

    whole = document(back, passage=where)
    thinned = document(back, passage=where, deletions=(Deletion(ref="1"),))

    assert (whole.document.passage, thinned.document.passage) == (where, None)


def test_an_entry_taken_back_before_it_came_is_left_out_for_a_reason_at_each_poll():
    """D18: also by a later document, in which the deletion itself is gone."""
    back, other = entry("tag:a.example,2026:1"), entry("2", title="Sun")
    gone = Deletion(ref="tag:a.example,2026:1")
    said = ("1 entries left out: taken back by their source",)

    first = document(back, deletions=(gone,))
    reading = Reading(
        feed=None, context=b"", items=((digest(0), None), (digest(1), other))
    )
    again = reconcile(
        reading,
        known={},
        held=lambda _: None,
        previous=first.document,
        first=False,
        now=NOON,
    )

    assert (first.new, first.notes) == ((), said)
    assert ([article.id for article in again.new], again.notes) == ([other.id], said)


def test_a_document_is_familiar_if_any_of_its_articles_was_held_before():
    """What was taken back before it came was not."""
    old, new, back = entry("1"), entry("2", title="Sun"), entry("3", title="Snow")
    gone = (Deletion(ref="3"),)

    assert document(new, listed=[old.id]).holds_old_ones
    assert document(new, old, known=[known_as(old)]).holds_old_ones
    assert not document(new, old).holds_old_ones
    assert not document(new, back, deletions=gone).holds_old_ones


def test_a_first_poll_lists_by_the_sources_dates():
    old = entry("1", dated=NOON - 48 * HOUR)
    future = entry("2", dated=NOON - HOUR, published=NOON + HOUR)

    found = document(old, future, first=True)

    listed = {article.id: article.listed_at for article in found.new}
    assert listed[old.id] == NOON - 48 * HOUR
    assert listed[future.id] <= NOON


def test_later_polls_list_by_when_we_saw_it_in_the_order_of_the_document():
    late = entry("late", dated=NOON - 48 * HOUR)
    top = entry("top", title="Top")
    below = entry("below", title="Below")

    found = document(top, below, late)

    by_place = sorted(found.new, key=lambda article: article.listed_at, reverse=True)
    assert [article.id for article in by_place] == [top.id, below.id, late.id]
    assert all(NOON - article.listed_at < HOUR for article in found.new)


def test_a_flood_is_listed_by_its_own_dates():
    flood = [
        entry(str(n), title=f"Report {n}", dated=NOON - n * HOUR)
        for n in range(FLOOD + 1)
    ]

    found = document(*flood)

    assert min(a.listed_at for a in found.new) == NOON - FLOOD * HOUR
