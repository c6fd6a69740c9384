"""What a source tells while months are written stands in one of them all the same."""

from datetime import timedelta
from email.utils import format_datetime
from threading import Thread

from msgspec.structs import replace

from aggregator.app.clock import utc_now
from aggregator.app.explanation import explain
from aggregator.model import Publication
from tests.app.agency import agency

DAY = timedelta(days=1)


def reports(source_id, *ages):
    """Return a feed with a report of each of these ages, the newest first."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{source_id}{number}</guid>"
        f"<title>Report {number} of {source_id}</title>"
        f"<pubDate>{format_datetime(utc_now() - age)}</pubDate>"
        f"<description>Words.</description></item>"
        for number, age in enumerate(ages)
    )
    head = "<title>T</title><link>https://agency.example/</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def test_old_reports_that_are_being_stored_stand_in_months_written_meanwhile(
    tmp_path, monkeypatch
):
    """Months written between their stamp and their commit held them to be known."""
    wire = Publication(id="wire", title="Wire", limit=1)
    with agency(tmp_path, "a", "b") as desk:
        desk.wire.adopt(replace(desk.config, publications=(wire,)))
        desk.says("a", reports("a", 0 * DAY, 40 * DAY))
        desk.says("b", reports("b", 41 * DAY))
        slow, quick = desk.wire.poll(desk.state("b")), desk.wire.poll(desk.state("a"))
        desk.wire.record([quick])
        publishing = Thread(target=desk.wire.publish)
        record = desk.wire.store.record

        def recorded(*results, **how):
            publishing.start()
            publishing.join(timeout=0.5)
            return record(*results, **how)

        monkeypatch.setattr(desk.wire.store, "record", recorded)
        desk.wire.record([slow])
        publishing.join()
        desk.wire.publish()

        months = (tmp_path / "public/feeds/wire/archive").glob("*.atom")
        assert any("Report 0 of b" in month.read_text() for month in months)


def polled_slowly(desk, slow, *, meanwhile):
    """Record what one source said after another one, though it was asked before."""
    late, quick = (
        desk.wire.poll(desk.state(slow)),
        desk.wire.poll(desk.state(meanwhile)),
    )
    for result in (quick, late):
        desk.wire.record([result])
        desk.wire.publish()


def test_old_reports_of_a_slow_source_stand_in_months_written_meanwhile(tmp_path):
    """They were seen before months were written, stored after, and looked for never."""
    wire = Publication(id="wire", title="Wire", limit=1)
    with agency(tmp_path, "a", "b") as desk:
        desk.wire.adopt(replace(desk.config, publications=(wire,)))
        desk.says("a", reports("a", 0 * DAY, 40 * DAY))
        desk.says("b", reports("b", 41 * DAY))

        polled_slowly(desk, "b", meanwhile="a")

        months = (tmp_path / "public/feeds/wire/archive").glob("*.atom")
        assert any("Report 0 of b" in month.read_text() for month in months)


def test_the_report_of_a_slow_poll_stands_in_a_month_written_meanwhile(tmp_path):
    """Listed when its poll began, it stood nowhere until a live document had passed it."""
    wire = Publication(id="wire", title="Wire", limit=1)
    with agency(tmp_path, "a", "b") as desk:
        for name in "ab":
            desk.wire.record([desk.wire.poll(desk.state(name))])
        desk.wire.adopt(replace(desk.config, publications=(wire,)))
        desk.is_due("a", "b")
        desk.says("a", reports("a", 0 * DAY, 0 * DAY))
        desk.says("b", reports("b", 0 * DAY))

        polled_slowly(desk, "b", meanwhile="a")

        places = sorted(each.listed_at for each in desk.wire.store.articles())
        (report,) = (
            a for a in desk.wire.store.articles() if a.title == "Report 0 of b"
        )
        assert report.listed_at == places[-1]
        live = (tmp_path / "public/feeds/wire.atom").read_text()
        assert "Report 0 of b" in live
        months = (tmp_path / "public/feeds/wire/archive").glob("*.atom")
        found = "".join(month.read_text() for month in months)
        assert all(f"Report {n} of a" in found for n in range(2))


def test_explain_knows_the_poll_that_brought_an_old_report(tmp_path):
    with agency(tmp_path, "a") as desk:
        desk.says("a", reports("a", 40 * DAY))
        desk.wire.record([desk.wire.poll(desk.state("a"))])
        (report,) = desk.wire.store.articles()

        assert explain(desk.wire, report).polls[0].status == 200
