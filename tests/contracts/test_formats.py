"""What every format must do: run on whatever is found in the formats folder."""

import re
from datetime import UTC, datetime, timedelta

import feedrules
import pytest
from builders import ANY_RIGHTS, NOON, article, publication, report
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from invented import TRAPS, articles
from msgspec.structs import replace

from aggregator.errors import PublishError
from aggregator.model import Rights
from aggregator.publishing import formats
from aggregator.publishing.check import meant
from aggregator.publishing.document import masthead
from aggregator.text.markup import visible_text

every_format = pytest.mark.parametrize("name", formats.names())
few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def top(name):
    return masthead(publication(), name, "https://wire.example")


def document(name, reports, *, language=None, updated=NOON):
    chosen = formats.named(name)
    head = chosen.head(
        top(name), language=language, updated=updated if reports else None
    )
    return b"".join(head.parts([chosen.entry(report, top(name)) for report in reports]))


def shown(*shown_articles, **said):
    return [report(each, publication(**said), ANY_RIGHTS) for each in shown_articles]


def meant_by(name, reports):
    return [meant(each, top(name)) for each in reports]


@every_format
def test_a_reader_finds_every_entry_as_it_was_meant_and_in_order(name):
    reports = shown(article(1), article(2, title="Second"), article(3, url=None))

    assert formats.named(name).read(document(name, reports)) == meant_by(name, reports)


@every_format
def test_a_document_without_entries_is_a_document(name):
    empty = document(name, [])

    assert formats.named(name).read(empty) == []
    assert feedrules.problems(empty, name) == []


@every_format
def test_the_same_reports_are_the_same_bytes(name):
    """D10: nothing in a document depends on when it was written."""
    reports = shown(article(1), article(2))

    assert document(name, reports) == document(name, reports)


@every_format
def test_every_time_in_a_document_comes_from_an_article(name):
    """D10: no "now" anywhere."""
    year = datetime(2011, 5, 4, 3, 2, 1, tzinfo=UTC)
    old = article(1, published=year, updated=year)

    written = document(name, shown(old), updated=year) + document(name, [])

    dates = r"(\d{4}-\d\d-\d\d)T|\w{3}, (\d\d \w{3} \d{4}) \d\d:"
    found = {a or b for a, b in re.findall(dates, written.decode())}
    assert found
    assert found <= {"2011-05-04", "04 May 2011", "2000-01-01", "01 Jan 2000"}


@every_format
@pytest.mark.parametrize("trap", TRAPS)
def test_content_comes_back_byte_for_byte(name, trap):
    """I9: `]]>`, `<![CDATA[`, `--`, `?>` and their like survive the round trip."""
    body = f"<p>{trap.replace('&', '&amp;').replace('<', '&lt;')}</p>"
    reports = shown(article(1, body=body, title=f"a {trap} z"))

    (found,) = formats.named(name).read(document(name, reports))

    assert found.content.startswith(body)
    assert found.title == f"a {trap} z"


@every_format
@pytest.mark.parametrize("mode", ["full", "excerpt", "headline"])
def test_the_credit_is_the_last_thing_in_the_body(name, mode):
    reports = shown(article(1), body=mode)

    (found,) = formats.named(name).read(document(name, reports))

    assert found.content.endswith(
        '<p class="mediawire-credit">Source: Example Agency – '
        '<a href="https://agency.example/reports/1">'
        "https://agency.example/reports/1</a></p>"
    )


@every_format
def test_an_entry_depends_on_nothing_around_it(name):
    chosen = formats.named(name)
    one, two = shown(article(1), article(2))
    alone = chosen.entry(one, top(name))

    chosen.entry(two, top(name))
    chosen.head(top(name), language="fa", updated=NOON + timedelta(days=1))

    assert chosen.entry(one, top(name)) == alone
    assert alone in document(name, [two, one])


@every_format
def test_broken_bytes_are_no_document(name):
    whole = document(name, shown(article(1)))

    with pytest.raises(PublishError):
        formats.named(name).read(whole[:-5])


@every_format
def test_a_media_type_names_the_format(name):
    assert re.fullmatch(r"application/[a-z]+\+[a-z]+", formats.named(name).media_type)


@every_format
@few
@given(articles=st.lists(articles(), max_size=3, unique_by=lambda a: a.published_id))
def test_whatever_came_in_what_goes_out_breaks_no_rule(name, articles):
    """I23, I24: specifications and validators have nothing to say against it."""
    reports = shown(*articles)

    written = document(name, reports)

    assert formats.named(name).read(written) == meant_by(name, reports)
    assert feedrules.problems(written, name) == []


@every_format
@few
@given(article=articles())
def test_images_that_are_barred_are_nowhere_in_the_document(name, article):
    # Words are drawn from all programs that are loaded: an author may be "image/png".
    said = replace(article, body=visible_text(article.body), enclosures=(), image=None)
    assume("image/png" not in repr(said))
    assume("i.png" not in repr(said))

    barred = report(article, publication(), Rights(images=False))

    written = document(name, [barred]).decode()

    assert "image/png" not in written
    assert "i.png" not in written


def test_a_new_format_is_one_new_file(tmp_path, monkeypatch):
    (tmp_path / "slip.py").write_text('media_type = "text/plain"\n')
    (tmp_path / "_tool.py").write_text("")
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    formats.names.cache_clear()
    try:
        assert set(formats.names()) == {"atom", "json", "rss", "slip"}
        assert formats.named("slip").media_type == "text/plain"
    finally:
        formats.names.cache_clear()
        formats.named.cache_clear()
