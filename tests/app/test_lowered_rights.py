"""Rights that are lowered hold for what was archived, too: in closed months as well."""

import gzip

import pytest
from msgspec.structs import replace

from aggregator.app.lowering import is_lower
from aggregator.errors import PublishError
from aggregator.model import Rights, Via
from aggregator.publishing import Archives
from tests.app.months import (
    ALL,
    AP,
    BBC,
    DAY,
    MARCH,
    WIRE,
    Desk,
    desk_of_three_months,
    said,
)


@pytest.fixture
def desk(tmp_path):
    desk = desk_of_three_months(tmp_path)
    yield desk
    desk.close()


def lowered(**rights):
    return replace(AP, rights=Rights(**rights))


@pytest.mark.parametrize(
    "rights", [{"body": "headline"}, {"expires": DAY / 24}, {"embargo": 90 * DAY}]
)
def test_closed_months_follow_rights_that_are_lowered(desk, rights):
    assert said(desk.publishes(), AP) == ALL

    desk.has(lowered(**rights), BBC)
    after = desk.publishes()

    assert said(after, AP) == set()
    assert said(after, BBC) == ALL


def test_a_publication_that_shows_less_shows_less_in_its_months(desk):
    assert said(desk.publishes(), AP) == ALL

    desk.has(AP, BBC, publication=replace(WIRE, body="headline"))
    after = desk.publishes()

    assert said(after, AP) == said(after, BBC) == set()
    assert "ap in January" in after["2026-01"]


def test_rights_that_are_raised_leave_closed_months_as_they_are(desk):
    desk.has(lowered(body="headline"), BBC)
    before = desk.publishes()

    desk.has(AP, BBC)

    after = desk.publishes()
    assert {name: after[name] for name in ("2026-01", "2026-02")} == {
        name: before[name] for name in ("2026-01", "2026-02")
    }


def test_what_was_pruned_stays_unless_its_source_allows_less(desk):
    """It stands nowhere else, and cannot be written anew."""
    desk.publishes()
    desk.wire.store.prune(MARCH - 10 * DAY)

    desk.has(lowered(body="headline"), BBC)
    after = desk.publishes()

    assert said(after, AP) == set()
    assert said(after, BBC) == ALL
    assert "ap in January" not in after["2026-01"]
    assert after["2026-02"].count("</entry>") == 1


def test_a_month_of_which_nothing_may_stay_is_removed(desk):
    desk.publishes()
    desk.wire.store.prune(MARCH - 10 * DAY)

    desk.has(AP, BBC, publication=replace(WIRE, body="headline"))
    after = desk.publishes()

    assert after.keys() == {"2026-03"}
    assert "prev-archive" not in after["2026-03"]


def test_months_are_looked_over_once(desk, monkeypatch):
    desk.publishes()
    desk.has(lowered(body="headline"), BBC)
    before = desk.publishes()
    filled = []
    monkeypatch.setattr(
        "aggregator.app.binding.Binder.fill", lambda *_: filled.append(1)
    )

    assert desk.publishes() == before
    assert not filled


def test_a_round_that_brings_nothing_follows_lowered_rights(desk):
    """What is live shows nothing of the source, so that nothing else asks for it."""
    desk.now += DAY
    desk.hears(BBC, desk.now)
    desk.publishes()

    desk.has(lowered(body="headline"), BBC)
    desk.wire.publish_news()

    path = desk.folder / "public/feeds/wire/archive/2026-01.atom"
    assert "words of ap" not in path.read_text()


@pytest.mark.parametrize(
    ("before", "now", "lower"),
    [
        (Rights(), Rights(body="excerpt"), True),
        (Rights(body="excerpt"), Rights(), False),
        (Rights(body="excerpt"), Rights(body="excerpt", words=20), True),
        (Rights(body="excerpt", words=20), Rights(body="excerpt"), False),
        (Rights(), Rights(words=20), False),
        (Rights(), Rights(images=False), True),
        (Rights(expires=DAY), Rights(), False),
        (Rights(expires=DAY), Rights(expires=2 * DAY), False),
        (Rights(embargo=DAY), Rights(embargo=2 * DAY), True),
        (Rights(), Rights(notice="©", index="index"), False),
    ],
)
def test_rights_are_lowered_where_anything_is_shown_less(before, now, lower):
    assert is_lower(now, before) is lower


def test_months_of_a_former_publication_give_up_what_may_not_be_shown(desk):
    """They stay on disk, and a web server may hand them out."""
    desk.publishes()
    desk.has(lowered(body="headline"), BBC, publication=replace(WIRE, id="other"))
    after = desk.publishes()

    assert said(after, AP) == set()
    assert said(after, BBC) == ALL
    assert desk.publishes() == after


def test_a_former_publication_that_comes_back_keeps_what_it_gave_up_out(desk):
    desk.publishes()
    desk.has(lowered(body="headline"), BBC, publication=replace(WIRE, id="other"))
    desk.publishes()

    desk.has(lowered(body="headline"), BBC)

    after = desk.publishes()
    assert said(after, AP) == set()
    assert said(after, BBC) == ALL


def test_a_former_publication_that_comes_back_has_its_months_as_it_left_them(desk):
    """They gave something up meanwhile, and are not taken for damaged by that."""
    desk.publishes()
    desk.has(lowered(body="headline"), BBC, publication=replace(WIRE, id="other"))
    desk.publishes()
    desk.wire.store.prune(MARCH - 10 * DAY)

    desk.has(lowered(body="headline"), BBC)

    assert desk.wire.printing.history.would_restore(WIRE) == []
    assert said(desk.publishes(), BBC) == ALL


def test_a_month_that_lost_its_index_loses_no_report_of_others(desk):
    """A report was taken back in it, or a backup left hidden files out."""
    desk.publishes()
    folder = desk.folder / "public/feeds/wire/archive"
    (folder / ".2026-01.pieces").unlink()
    desk.wire.store.prune(MARCH - 10 * DAY)

    desk.has(lowered(body="headline"), BBC)
    after = desk.publishes()

    assert said(after, AP) == set()
    assert said(after, BBC) == ALL
    for name in ALL:
        packed = gzip.decompress((folder / f"{name}.atom.gz").read_bytes())
        assert packed == after[name].encode()


def test_a_report_that_links_to_a_source_is_not_one_of_it(desk):
    link = f'<p>The words of bbc link to <a href="{AP.url}">it</a>.</p>'
    desk.hears(BBC, MARCH - 60 * DAY, body=link)
    before = desk.publishes()["2026-01"].count("</entry>")
    desk.wire.store.prune(MARCH - 10 * DAY)

    desk.has(lowered(body="headline"), BBC)

    assert desk.publishes()["2026-01"].count("</entry>") == before - 1


@pytest.mark.parametrize(("lowers", "kept"), [("ap", set()), ("bbc", {"2026-01"})])
@pytest.mark.parametrize("site", ["https://planet.example/?a=1&b=2", None])
def test_what_came_through_an_aggregate_follows_the_aggregates_rights(
    tmp_path, site, lowers, kept
):
    """It names its first source, which may be a source of ours, too."""
    planet, desk = replace(AP, site=site), Desk(tmp_path)
    desk.has(planet, BBC)
    first = Via(title="BBC", feed_url=BBC.url, site_url="https://bbc.example/")
    desk.hears(planet, MARCH - 60 * DAY, via=first, site_url=site)
    desk.hears(BBC, MARCH)
    assert said(desk.publishes(), AP) == {"2026-01"}
    desk.wire.store.prune(MARCH - 10 * DAY)

    headline = Rights(body="headline")
    desk.has(
        *(replace(s, rights=headline) if s.id == lowers else s for s in (planet, BBC))
    )

    assert said(desk.publishes(), AP) == kept
    desk.close()


def test_a_month_that_cannot_be_written_follows_in_the_next_round(desk, monkeypatch):
    desk.publishes()
    desk.has(lowered(body="headline"), BBC)
    with monkeypatch.context() as full:
        full.setattr(Archives, "write", refuses)
        desk.wire.publish()

    desk.wire.publish_news()

    path = desk.folder / "public/feeds/wire/archive/2026-01.atom"
    assert "words of ap" not in path.read_text()


def refuses(*_, **__):
    raise PublishError("the disk is full")
