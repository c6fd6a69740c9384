"""`verify` finds whatever is no longer what was written, and says where."""

import gzip
import json
import sqlite3
from contextlib import closing

import pytest

from aggregator.app.clock import utc_now
from aggregator.store import open_store
from tests.installation import Installation
from tests.origin import Origin

FEED = """\
<rss version="2.0"><channel><title>Agency</title><link>https://agency.example/</link>
<item><guid>https://agency.example/1</guid><link>https://agency.example/1</link>
<title>Rain in Rome</title><description>&lt;p&gt;It rained on Monday.&lt;/p&gt;</description>
</item>
<item><guid>https://agency.example/2</guid><link>https://agency.example/2</link>
<title>Sun in Siena</title><description><![CDATA[<p>It shone on <b>Tuesday</b>.</p>]]>
</description></item>
</channel></rss>"""


@pytest.fixture
def at(tmp_path):
    """An installation that polled and published two articles."""
    with Origin() as origin:
        origin.answers("/feed", FEED.encode())
        at = Installation(tmp_path, {"agency": origin.url("/feed")})
        at.poll()
    return at


def differences(at, *, code=1):
    answer = json.loads(at.run("verify", "--json", code=code).stdout)
    assert answer["articles"] == 2
    return {each["subject"]: each["sentence"] for each in answer["differences"]}


def test_what_was_just_published_has_no_differences(at):
    done = at.run("verify")

    assert done.stdout == "2 articles checked, 0 differences\n"


@pytest.mark.parametrize("name", ["wire.rss", "wire.atom", "wire.json"])
def test_a_character_that_flips_in_a_file_is_found(at, name):
    path = at.folder / "public" / "feeds" / name
    path.write_bytes(path.read_bytes().replace(b"Monday", b"Sunday"))

    found = differences(at)

    assert list(found) == [f"feeds/{name}"]
    assert found[f"feeds/{name}"].endswith("the entry https://agency.example/1")


def test_a_compressed_file_that_says_something_else_is_found(at):
    path = at.folder / "public" / "feeds" / "wire.atom.gz"
    path.write_bytes(gzip.compress(b"<feed/>"))

    assert list(differences(at)) == ["feeds/wire.atom.gz"]


def test_what_is_not_published_yet_is_not_taken_for_an_altered_file(at):
    """After a kill between a poll and its publishing, every file seemed altered."""
    [article, *_] = at.articles()
    with open_store(at.store) as store:
        store.withdraw(article["id"], at=utc_now(), reason="mistaken", by="desk")

    found = differences(at)

    assert found.keys() >= {"feeds/wire.atom", "feeds/wire.rss", "feeds/wire.json"}
    for sentence in found.values():
        assert sentence.endswith("`mediawire publish`, then look again")
    at.run("publish")
    assert differences(at, code=0) == {}


def test_a_missing_file_is_found(at):
    (at.folder / "public" / "feeds" / "wire.json").unlink()

    assert differences(at)["feeds/wire.json"] == "the file is missing"
    assert at.run("verify", code=1).stdout.endswith(
        "2 articles checked, 1 difference\n"
    )


def test_a_missing_file_is_found_though_it_could_not_be_written_last(at):
    """What was in its place is gone, and nothing stands there now."""
    path = at.folder / "public" / "feeds" / "wire.json"
    path.unlink()
    path.mkdir()
    at.run("publish", code=1)
    path.rmdir()

    found = differences(at)["feeds/wire.json"]

    assert found == "the file is missing, and was refused last"


@pytest.mark.parametrize(
    ("value", "names"),
    [("tags = '[\"f\"]'", "tags"), ("image = '5', dropped = 'x'", "image, dropped")],
)
def test_values_that_cannot_be_read_are_named_by_every_command(at, value, names):
    (id_,) = [a["id"] for a in at.articles() if a["title"] == "Rain in Rome"]
    with closing(sqlite3.connect(at.folder / "wire.db")) as store, store:
        store.execute(f"UPDATE articles SET {value} WHERE article_id = ?", (id_,))

    found = differences(at)
    refused = at.run("article", "list", code=1)

    assert found[f"article {id_} of agency"] == f"its {names} cannot be read"
    assert found["feeds/wire.atom"].startswith("it differs from byte ")
    assert (
        f"mediawire: article {id_}: its {names} cannot be read; restore the last backup"
    ) in refused.stderr


def test_a_character_that_flips_in_the_store_is_found_with_its_article(at):
    (article,) = [a for a in at.articles() if a["title"] == "Rain in Rome"]
    with closing(sqlite3.connect(at.folder / "wire.db")) as store, store:
        store.execute(
            "UPDATE articles SET title = 'Rain in Rime' WHERE article_id = ?",
            (article["id"],),
        )

    found = differences(at)

    assert found[f"article {article['id']} of agency"] == (
        "changed since it was written: title, rules"
    )


def test_a_character_that_flips_in_an_archived_month_is_found(at):
    (month,) = (at.folder / "public").glob("feeds/wire/archive/*.atom")
    month.write_bytes(month.read_bytes().replace(b"Monday", b"Sunday"))

    (path,) = differences(at)

    assert path == f"feeds/wire/archive/{month.name}"
