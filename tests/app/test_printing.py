"""What is printed is known by what it is made of and by what stands: neither is read."""

import errno
import gzip
import json
import os
import shutil
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from aggregator.app.alarm import standing_alerts
from aggregator.app.deciding import withdraw
from aggregator.app.editions import Editions
from aggregator.app.explanation import explain
from aggregator.app.verification import document_differences
from aggregator.app.wire import Wire
from aggregator.errors import PublishError
from aggregator.model import Config, Publication, RuleSpec, Selection, Source
from tests import damage, emptystore
from tests.app.running import running
from tests.builders import NOON, article, attribution
from tests.store.newsroom import polled
from tests.store.newsroom import source as state_of

WIRE = Publication(id="wire", title="Wire")
LOCAL = Publication(id="local", title="Local")
BBC = attribution(source_id="bbc")
AP = attribution(source_id="ap")


@pytest.fixture
def printed(tmp_path):
    """A Wire with two reports in two publications, published at noon."""
    config = Config(
        folder=Path("/nowhere"),
        sources=(Source(id="bbc", url="https://bbc.example/feed"),),
        publications=(WIRE, LOCAL),
        store=emptystore.at(tmp_path),
        output=tmp_path / "public",
    )
    wire = Wire(config, clock=lambda: NOON)
    wire.store.put_states([state_of("bbc")], configured={"bbc"})
    come(wire, 1, 2)
    assert wire.publish_news()
    yield wire
    wire.close()


def come(wire, *numbers, source=BBC, **said):
    new = [article(n, attribution=source, **said) for n in numbers]
    wire.store.record([polled(source.source_id, at=NOON, new=tuple(new))])


def files_of(wire):
    feeds = wire.config.output / "feeds"
    return {path.name: path.read_bytes() for path in feeds.glob("*.*")}


def test_news_are_looked_for_once(printed, monkeypatch):
    looked, of = [], Editions.of

    def noted(editions, publication, now):
        looked.append(publication.id)
        return of(editions, publication, now)

    monkeypatch.setattr(Editions, "of", noted)
    come(printed, 3)

    assert printed.publish_news()
    assert looked == ["wire", "local"]


def test_a_round_that_brought_nothing_reads_no_document(printed, monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} is read"))

    assert printed.publish_news() == []


@pytest.mark.parametrize("name", ["wire.atom", "local.json.gz"])
@pytest.mark.parametrize("how", ["overwritten", "removed", "linked"])
def test_a_document_that_another_changed_is_made_good_though_nothing_came(
    printed, name, how, tmp_path
):
    before = files_of(printed)
    file = printed.config.output / "feeds" / name
    if how == "overwritten":
        file.write_bytes(bytes(len(before[name])))
    elif how == "removed":
        file.unlink()
    else:
        (tmp_path / "elsewhere").write_bytes(before[name])
        file.unlink()
        file.symlink_to(tmp_path / "elsewhere")

    printed.publish_news()

    assert files_of(printed) == before
    assert not file.is_symlink()
    assert printed.publish_news() == []


def away(feeds, elsewhere):
    shutil.move(feeds, elsewhere)


def without_one(feeds, _):
    (feeds / "wire.rss").unlink()


def linked(feeds, elsewhere):
    shutil.move(feeds / "wire.rss", elsewhere)
    (feeds / "wire.rss").symlink_to(elsewhere)


@pytest.mark.parametrize("disturb", [away, without_one, linked])
def test_a_service_publishes_again_at_once_what_somebody_took_away(tmp_path, disturb):
    with running(tmp_path, "ap") as desk:
        rung = []
        desk.service._press.ring = partial(rung.append, "rung")
        desk.tick()
        desk.wire.publish()
        before = files_of(desk.wire)
        rung.clear()
        desk.tick()
        assert not rung

        disturb(tmp_path / "public" / "feeds", tmp_path / "elsewhere")
        desk.tick()

        assert rung
        desk.wire.publish()
        assert files_of(desk.wire) == before
        rung.clear()
        desk.tick()
        assert not rung


def test_an_edition_is_told_the_same_by_every_process(printed):
    fresh = Editions(printed.store, printed.editorial, base_url=printed.config.base_url)

    known = printed.printing.editions.of(WIRE, NOON)

    assert fresh.of(WIRE, NOON).digest == known.digest
    assert printed.printing.editions.of(LOCAL, NOON).digest != known.digest


@pytest.mark.parametrize("changed", [{"title": "Other"}, {"body": "<p>Other.</p>"}])
def test_an_edition_is_another_when_an_article_changed(printed, changed):
    editions = printed.printing.editions
    before = editions.of(WIRE, NOON).digest
    other = replace(article(2, attribution=BBC, **changed), revision=1)
    later = NOON + timedelta(minutes=1)

    printed.store.record([polled("bbc", at=later, changed=(other,))])

    assert editions.of(WIRE, NOON).digest != before


def test_an_entry_that_is_left_out_is_told_once_with_the_reason(printed):
    twin = article(3, attribution=BBC, published_id=article(1).published_id)
    printed.store.record([polled("bbc", at=NOON, new=(twin,))])

    with capture_logs() as first:
        printed.publish()
    with capture_logs() as again:
        printed.publish()

    assert {
        "event": "left out",
        "log_level": "warning",
        "path": "feeds/wire.json",
        "entries": 1,
        "article_id": twin.id,
        "reason": f"same id as {article(1).id}",
    } in first
    assert again == []


def test_an_entry_that_only_some_formats_hold_is_explained_as_that(printed):
    wrong = (article(1).id, "it does not say '©'")
    printed.store.put_publication_status(
        [
            replace(status, left_out=(wrong,) if status.path.endswith("rss") else ())
            for status in printed.store.publication_status()
        ]
    )

    [wire, _] = explain(printed, printed.store.article(article(1).id)).publications

    assert wire.shown
    assert wire.reason == (
        "it is number 1 of at most 100, but left out of feeds/wire.rss: "
        "it does not say '©'"
    )


@pytest.mark.parametrize(
    "publication",
    [
        replace(WIRE, limit=1),
        Publication(id="new", title="N", limit=2, formats=("rss",)),
    ],
)
def test_what_has_no_month_to_lag_behind_is_not_archived_ahead(printed, publication):
    """Half of one report is none, and without Atom there are no months."""
    printed.change(replace(printed.config, publications=(publication,)))
    printed.publish()

    assert not printed.printing.archive_ahead(NOON)


@pytest.mark.parametrize("place", ["articles.tags", "bodies.texts"])
def test_an_article_that_cannot_be_read_is_left_out_until_it_can(
    printed, tmp_path, place
):
    """One such row stopped every publication that shows it. An older one is shown."""
    sources = (*printed.config.sources, Source(id="ap", url="https://ap.example/feed"))
    wire = replace(WIRE, rules=("one",), limit=2)
    local = replace(LOCAL, select=Selection(sources=("ap",)))
    # Looks for near-duplicates among all that came, before anything is published.
    rule = RuleSpec(id="one", kind="duplicates", options={"near": 0.8})
    printed.change(
        replace(
            printed.config, sources=sources, publications=(wire, local), rules=(rule,)
        )
    )
    printed.store.put_states([state_of("ap")], configured={"bbc", "ap"})
    printed.publish()
    come(printed, 3, listed_at=NOON - timedelta(seconds=2))
    come(printed, 4, listed_at=NOON - timedelta(seconds=1), source=AP)

    def fared():
        return {status.path: status for status in printed.publish_news()}

    def shown():
        items = json.loads(files_of(printed)["wire.json"])["items"]
        return [item["id"] for item in items]

    spoiled = article(3).id
    old = damage.put(tmp_path, place, spoiled)
    for told in (fared(), fared()):
        assert {status.refused for status in told.values()} == {None}
        why = (spoiled, f"its {place.partition('.')[2]} cannot be read")
        assert told["feeds/wire.atom"].left_out == (why,)
        assert told["feeds/local.atom"].left_out == ()
        assert shown() == [article(4).published_id, article(1).published_id]
    assert article(4).body.encode() in files_of(printed)["local.json"]

    damage.put(tmp_path, place, spoiled, old)
    assert fared()["feeds/wire.atom"].left_out == ()
    assert shown() == [article(4).published_id, article(3).published_id]
    assert printed.publish_news() == []


def statuses(wire):
    return {each.path: each.refused for each in wire.store.publication_status()}


def test_that_nothing_can_be_published_is_told_until_it_can(printed):
    """Only the log said so: a mount was lost, or its rights changed."""
    output = printed.config.output
    output.rename(output.with_name("away"))
    output.write_text("a file where the folder should be")

    with pytest.raises((PublishError, OSError)):
        printed.publish_news()

    why = set(statuses(printed).values())
    assert all(each.startswith("`output` cannot be written: ") for each in why)
    assert [alert.kind for alert in standing_alerts(printed)].count("refused") == 6
    output.unlink()
    output.with_name("away").rename(output)
    assert printed.publish_news()
    assert set(statuses(printed).values()) == {None}


@pytest.mark.parametrize("form", ["wire.json", "wire.json.gz"])
def test_an_altered_file_is_named_though_a_newer_one_could_not_be_written(
    printed, form
):
    """What stood there then was compared with nothing."""
    come(printed, 3)
    with pytest.MonkeyPatch.context() as disk:
        disk.setattr(os, "writev", full)
        printed.publish_news()
    assert "No space left" in statuses(printed)["feeds/wire.json"]
    assert list(document_differences(printed)) == []

    path = printed.config.output / "feeds" / form
    body = path.read_bytes()
    path.write_bytes(gzip.compress(b"{}") if form.endswith(".gz") else body[:-9])

    [found] = document_differences(printed)
    assert found.subject == "feeds/wire.json"
    assert found.sentence == (
        "it and its compressed form are not the same document, "
        "and a newer one was refused last"
    )


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_that_months_cannot_be_written_is_told_until_they_can(printed):
    """What has left the live document stood nowhere, and every command said all is well."""
    printed.change(
        replace(printed.config, publications=(replace(WIRE, limit=1),)),
    )
    folder = printed.config.output / "feeds" / "wire"
    folder.rename(folder.with_name("away"))
    folder.write_text("a file where the folder should be")

    told = {status.path: status for status in printed.publish()}

    assert told["feeds/wire.atom"].refused is None
    assert "public/feeds/wire: is a file" in told["feeds/wire/archive"].refused
    assert "feeds/wire/archive" in {a.about for a in standing_alerts(printed)}
    assert printed.publish_news()
    folder.unlink()
    folder.with_name("away").rename(folder)
    assert printed.publish_news()
    assert "feeds/wire/archive" not in statuses(printed)
    assert printed.publish_news() == []


def test_no_month_is_written_without_what_cannot_be_read(printed, tmp_path):
    """What a month lacks, nobody finds any more: it waits, and the news do not."""
    printed.change(
        replace(printed.config, publications=(replace(WIRE, limit=1),)),
    )
    printed.publish()
    [month] = (printed.config.output / "feeds" / "wire" / "archive").glob("*.atom")
    for n in (3, 4, 5):
        come(printed, n, listed_at=NOON - timedelta(seconds=6 - n))
    old = damage.put(tmp_path, "bodies.texts", article(3).id)

    told = {status.path: status for status in printed.publish_news()}

    why = (article(3).id, "its texts cannot be read")
    assert told["feeds/wire.atom"].left_out == (why,)
    assert article(5).body.encode() in files_of(printed)["wire.json"]
    assert article(4).published_id not in month.read_text()
    damage.put(tmp_path, "bodies.texts", article(3).id, old)
    printed.publish_news()
    archived = month.read_text()
    assert all(article(n).published_id in archived for n in (1, 2, 3, 4))


@pytest.mark.parametrize("column", ["tags", "withdrawn"])
def test_an_article_that_was_taken_back_and_cannot_be_read_keeps_back_nobody(
    printed, tmp_path, column
):
    """Every publication asks what was taken back, for its tombstones."""
    withdraw(printed, article(1).id, reason="wrong")
    old = damage.put(tmp_path, f"articles.{column}", article(1).id)
    come(printed, 3)

    with capture_logs() as events:
        refused = {status.refused for status in printed.publish_news()}
        printed.publish_news()

    assert refused == {None}
    assert article(3).body.encode() in files_of(printed)["wire.json"]
    [told] = [each for each in events if each["event"] == "no tombstone"]
    assert told["article_id"] == article(1).id
    damage.put(tmp_path, f"articles.{column}", article(1).id, old)
    assert printed.publish_news()
    assert article(1).published_id.encode() in files_of(printed)["wire.atom"]
