"""Where publishing stops: at its folder, at what is offered, at its memory."""

import os

import pytest
from builders import ANY_RIGHTS, NOON, article, publication, report
from press import contents, reports

from aggregator.errors import PublishError
from aggregator.publishing.formats import json as json_format

# -- nothing outside


def test_a_folder_that_is_a_link_is_refused(publisher, output, tmp_path):
    """A8: links are not followed."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    output.mkdir()
    (output / "feeds").symlink_to(elsewhere)

    with pytest.raises(PublishError, match="is a link"):
        publisher.publish(publication(), reports(1), now=NOON)

    assert list(elsewhere.iterdir()) == []


def test_a_file_that_is_a_link_is_replaced_not_written_through(
    publisher, output, tmp_path
):
    """A8: links are not followed."""
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (output / "feeds").mkdir(parents=True)
    (output / "feeds/wire.rss").symlink_to(precious)

    publisher.publish(publication(), reports(1), now=NOON)

    assert precious.read_bytes() == b"precious"
    assert not (output / "feeds/wire.rss").is_symlink()


def test_a_file_that_is_a_link_is_replaced_even_if_it_leads_to_the_same_bytes(
    publisher, output, tmp_path
):
    """Whoever may write where it leads could change what we serve."""
    publisher.publish(publication(), reports(1), now=NOON)
    file = output / "feeds/wire.rss"
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")

    assert publisher.would_change(publication(), reports(1)) == ["feeds/wire.rss"]
    publisher.publish(publication(), reports(1), now=NOON)

    assert not file.is_symlink()


def test_what_lies_where_a_file_is_half_written_does_no_harm(
    publisher, output, tmp_path
):
    """A crash left it, and the number of its process came again; or a stranger did."""
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    feeds = output / "feeds"
    feeds.mkdir(parents=True)
    (feeds / f".wire.rss.{os.getpid()}.new").write_bytes(b"long" * 10_000)
    (feeds / f".wire.atom.{os.getpid()}.new").symlink_to(precious)

    publisher.publish(publication(), reports(1), now=NOON)

    assert precious.read_bytes() == b"precious"
    assert publisher.would_change(publication(formats=("rss",)), reports(1)) == []


@pytest.mark.parametrize("name", ["../x", "a/b", "/x", ".", "..", ".hidden", "a\0b"])
def test_names_that_lead_elsewhere_are_refused(publisher, output, name):
    """A8: nothing is written outside of the folder."""
    with pytest.raises(PublishError, match="is no name for a published file"):
        publisher.publish(publication(id=name), reports(1), now=NOON)

    assert list((output / "feeds").iterdir()) == []


# -- what is no longer offered


def test_files_of_removed_publications_and_formats_go(publisher, output):
    publisher.publish(publication(), reports(1), now=NOON)
    publisher.publish(publication(id="gone"), reports(1), now=NOON)
    (output / "feeds/robots.txt").write_text("mine")
    (output / f"feeds/.wire.rss.{os.getpid()}.new").write_text("half")

    publisher.remove_others([publication(formats=("rss",))])

    assert sorted(contents(output)) == ["robots.txt", "wire.rss", "wire.rss.gz"]


# -- what is kept in memory


@pytest.fixture
def rendered(monkeypatch):
    """The headlines of the entries that are rendered as JSON, in their order."""
    titles, entry = [], json_format.entry
    monkeypatch.setattr(
        json_format,
        "entry",
        lambda report, top: titles.append(report.title) or entry(report, top),
    )
    return titles


def test_an_entry_is_rendered_once(publisher, rendered):
    publisher.publish(publication(), reports(1, 2), now=NOON)
    publisher.publish(publication(), reports(3, 1, 2), now=NOON)

    assert rendered == ["Report number 1", "Report number 2", "Report number 3"]


def test_what_left_its_document_is_let_go_and_nothing_else(publisher, rendered):
    """O4: entries that nobody asks for would be kept by the thousand."""
    other = publication(id="other", title="Another")

    publisher.publish(publication(), reports(1, 2), now=NOON)
    publisher.publish(other, reports(1, 2), now=NOON)
    publisher.publish(publication(), reports(3, 1), now=NOON)
    rendered.clear()
    publisher.publish(publication(), reports(3, 1, 2), now=NOON)
    publisher.publish(other, reports(1, 2), now=NOON)

    assert rendered == ["Report number 2"]


@pytest.mark.parametrize("left", [publication(formats=("rss",)), publication(id="new")])
def test_what_is_no_longer_offered_is_not_kept_in_memory(publisher, rendered, left):
    """O4: each publication that left the config stayed until the process ended."""
    publisher.publish(publication(), reports(1, 2), now=NOON)
    rendered.clear()

    publisher.remove_others([left])
    publisher.publish(publication(), reports(1, 2), now=NOON)

    assert rendered == ["Report number 1", "Report number 2"]


@pytest.mark.parametrize("left", [publication(formats=("rss",)), publication(id="new")])
def test_documents_that_are_no_longer_offered_are_not_kept_in_memory(publisher, left):
    publisher.publish(publication(), reports(1), now=NOON)

    publisher.remove_others([left])

    kept = {*publisher._passed, *publisher._standing, *publisher._fingerprints}
    assert kept <= {left.id, *(f"{left.id}.{name}" for name in left.formats)}


def test_one_new_entry_is_the_only_one_rendered_however_much_stands(
    publisher, rendered
):
    """Beyond 64 MiB each new entry had everything rendered again in all publications."""
    # Twelve entries of half a megabyte, in three formats and two publications.
    body = f"<p>{'word ' * 100_000}</p>"
    offered = [publication(id=name, title=name) for name in ("wire", "other")]
    made = [report(article(n, body=body), offered[0], ANY_RIGHTS) for n in range(1, 14)]
    for each in offered:
        publisher.publish(each, made[1:], now=NOON)
    rendered.clear()

    for each in offered:
        publisher.publish(each, made, now=NOON)

    assert rendered == ["Report number 1"] * 2


def test_a_document_with_other_words_of_its_own_keeps_nothing_of_the_one_before(
    publisher,
):
    """Each edit of a description kept all entries and their compressed forms again."""
    for words in ("one", "two", "three"):
        publisher.publish(publication(description=words), reports(1, 2), now=NOON)

    kept = publisher._kept
    assert sum(map(len, kept._standing.values())) == 2 * 3  # entries and formats
    assert len(kept._packed) == len(kept._standing) == 3
