"""Rights that are lowered hold for what was archived, too: in closed months as well."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from aggregator.app.lowering import is_lower
from aggregator.app.wire import Wire
from aggregator.errors import PublishError
from aggregator.model import Config, Publication, Rights, Source
from aggregator.publishing import Archives
from tests.builders import article, attribution
from tests.store.newsroom import polled
from tests.store.newsroom import source as state_of

DAY = timedelta(days=1)
MARCH = datetime(2026, 3, 20, 9, tzinfo=UTC)
AP = Source(id="ap", url="https://ap.example/feed")
BBC = Source(id="bbc", url="https://bbc.example/feed")
WIRE = Publication(id="wire", title="Wire", limit=1)


class Desk:
    """A wire whose config is edited, over January, February and March."""

    def __init__(self, folder):
        self.folder, self.wire, self.number = folder, None, 0
        self.now = MARCH

    def has(self, *sources, publication=WIRE):
        """Go on with this config, as after a start."""
        self.close()
        config = Config(
            folder=self.folder,
            store=f"sqlite:///{self.folder}/wire.db",
            output=self.folder / "public",
            sources=sources,
            publications=(publication,),
        )
        self.wire = Wire(config, clock=lambda: self.now)
        self.wire.enlist()

    def hears(self, source, at, body=None):
        """Take in a report that says whose and when it is."""
        self.number += 1
        new = article(
            self.number,
            title=f"{source.id} in {at:%B}",
            body=body or f"<p>The words of {source.id} in {at:%B}.</p>",
            attribution=attribution(source_id=source.id, feed_url=source.url),
            **dict.fromkeys(("published", "updated", "first_seen", "listed_at"), at),
        )
        came = polled(source.id, at, new=(new,), state=state_of(source.id))
        self.wire.store.record([came])

    def publishes(self):
        """Return what each month says after publishing, as text."""
        self.wire.publish()
        folder = self.folder / "public/feeds/wire/archive"
        return {path.stem: path.read_text() for path in folder.glob("*.atom")}

    def close(self):
        if self.wire:
            self.wire.close()


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.has(AP, BBC)
    for days in (60, 30, 0):
        desk.hears(AP, MARCH - days * DAY)
        desk.hears(BBC, MARCH - days * DAY - DAY / 24)
    yield desk
    desk.close()


def lowered(**rights):
    return replace(AP, rights=Rights(**rights))


def said(months, source):
    """Return in which months the words of a source stand."""
    return {name for name, text in months.items() if f"words of {source.id}" in text}


ALL = {"2026-01", "2026-02", "2026-03"}


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
