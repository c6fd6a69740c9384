"""What a desk does to stored articles and to the store, through the real command."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.store.migrations import VERSION_TABLE
from tests.installation import Installation

FEED = """<rss version="2.0"><channel><title>Agency</title>
<link>https://agency.example/</link><description>News</description>{items}</channel></rss>"""
ITEM = """<item><guid isPermaLink="false">{id}</guid><title>{title}</title>
<pubDate>{date}</pubDate><link>https://{host}/{id}</link>
<description>{body}</description></item>"""


def item(id_, title="Report", body="Words.", *, host="agency.example", age=0):
    date = datetime.now(UTC) - timedelta(days=age, hours=1)
    return ITEM.format(
        id=id_,
        title=f"{title} {id_}",
        body=body,
        host=host,
        date=date.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    )


def feed(*items, title="Agency"):
    return FEED.replace("Agency", title, 1).format(items="".join(items)).encode()


@pytest.fixture
def at(tmp_path, origin):
    return Installation(tmp_path, {"agency": origin.url()})


def test_an_article_that_is_withdrawn_leaves_every_output_and_never_returns(at, origin):
    origin.answers("/feed", feed(item(1), item(2)))
    origin.answers("/feed", feed(item(1, "Rewritten"), item(2), item(3)))
    at.poll()
    doomed = next(a for a in at.articles() if a["title"] == "Report 1")

    at.run("article", "withdraw", doomed["id"], "--reason", "a hoax")

    for name in ("rss", "atom", "json"):
        assert b"https://agency.example/1" not in at.published(f"feeds/wire.{name}")
    at.poll("--force")
    assert b"Rewritten" not in at.published("feeds/wire.atom")
    assert len(at.articles()) == 3
    shown = json.loads(at.run("article", "show", doomed["id"], "--json").stdout)
    assert shown[0]["withdrawn"] == "a hoax"


@pytest.mark.parametrize(
    "words",
    [
        ("article", "retitle", "https://agency.example/1", "\udcff"),
        ("article", "withdraw", "https://agency.example/1", "--reason", "a\udcff"),
        ("article", "show", "a\udcff"),
        ("article", "list", "--source", "a\udcff"),
        ("explain", "a\udcff"),
        ("source", "pause", "agency", "--why", "a\udcff"),
    ],
)
def test_bytes_that_are_no_text_are_wrong_use(at, words):
    said = at.run(*words, code=2).stderr

    assert "\\udcff' is no text in UTF-8" in said


def test_a_reason_is_told_in_one_line_without_what_nobody_sees(at, origin):
    origin.answers("/feed", feed(item(1)))
    at.poll()

    at.run(
        "article", "withdraw", "https://agency.example/1", "--reason", " a\x01\nhoax"
    )
    at.run("source", "pause", "agency", "--why", " \x01\n")

    (shown,) = json.loads(
        at.run("article", "show", "https://agency.example/1", "--json").stdout
    )
    (paused,) = json.loads(at.run("source", "list", "--json").stdout)
    assert shown["withdrawn"] == "a hoax"
    assert paused["paused"]["why"] == "paused"


def test_what_a_source_changed_is_shown_as_a_difference(at, origin):
    origin.answers("/feed", feed(item(1, body="The dam holds.")))
    origin.answers("/feed", feed(item(1, body="The dam broke.")))
    at.poll()
    at.poll("--force")
    id_ = at.articles()[0]["id"]

    shown = at.run("article", "show", id_, "--revisions").stdout
    told = json.loads(at.run("article", "show", id_, "--revisions", "--json").stdout)

    assert "-The dam holds.\n+The dam broke.\n" in shown
    assert [r["revision"] for r in told[0]["revisions"]] == [1]
    assert "The dam holds." in told[0]["revisions"][0]["body"]


def test_an_article_is_shown_in_words_and_without_revisions_it_says_so(at, origin):
    origin.answers("/feed", feed(item(1)))
    at.poll()
    (only,) = at.articles()

    shown = at.run("article", "show", only["id"], "--revisions").stdout.splitlines()

    facts = dict(line.split(": ", 1) for line in shown if ": " in line)
    assert re.fullmatch(r"[-\d]{10} [:\d]{8} UTC", facts["first_seen"])
    assert facts["keys"].startswith("guid:1, link:https://agency.example/1")
    assert facts["authors"] == facts["withdrawn"] == "-"
    assert shown[-1] == "no revision: its source changed nothing since it came"
    assert "next poll (UTC)" in at.run("status").stdout.splitlines()[0]


def test_a_backup_is_a_store_that_goes_on(at, origin, tmp_path):
    """D12: back up, lose the store, restore, poll: the same articles."""
    origin.answers("/feed", feed(item(1), item(2)))
    at.poll()
    before = at.articles()
    at.run("db", "backup", str(tmp_path / "copy.db"))
    for lost in tmp_path.glob("wire.db*"):
        lost.unlink()

    (tmp_path / "copy.db").rename(tmp_path / "wire.db")

    with closing(sqlite3.connect(tmp_path / "wire.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    at.poll("--force")
    assert at.articles() == before


def test_pruned_articles_that_a_source_still_lists_do_not_come_back(at, origin):
    config = (at.config / "mediawire.yaml").read_text()
    at.write("mediawire.yaml", config + "keep: 30d\n")
    origin.answers("/feed", feed(item(1, age=60), item(2, age=50), item(3)))
    origin.answers("/feed", feed(item(2, age=50), item(3), item(4)))
    at.poll()
    at.poll("--force")

    pruned = at.run("db", "prune").stdout

    assert pruned == "1 articles pruned\n"
    at.run("publish", "--check")
    at.poll("--force")
    assert sorted(a["title"] for a in at.articles()) == [
        "Report 2",
        "Report 3",
        "Report 4",
    ]


def test_the_store_tells_its_schema_and_what_is_in_it(at, origin):
    origin.answers("/feed", feed(item(1)))
    missing = json.loads(at.run("db", "status", "--json").stdout)
    at.run("db", "migrate")
    at.poll()

    assert re.search(r"^current +yes$", at.run("db", "status").stdout, re.MULTILINE)
    found = json.loads(at.run("db", "status", "--json").stdout)

    assert (missing["schema"], missing["current"]) == (None, False)
    assert (found["current"], found["sources"], found["articles"]) == (True, 1, 1)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda path: path.write_bytes(b""), "the file is empty"),
        (lambda path: path.write_bytes(b"x" * 9_000), "not an SQLite database"),
        (lambda path: path.write_bytes(path.read_bytes()[:9_000]), ""),
        (lambda path: change(path, f"UPDATE {VERSION_TABLE} SET version_num = '9999'"), "newer than"),
        (lambda path: change(path, f"DROP TABLE {VERSION_TABLE}"), "another program"),
    ],
)  # fmt: skip
def test_a_damaged_store_is_refused_and_left_as_it_is(
    at, origin, tmp_path, damage, sentence
):
    """Never a quiet empty start."""
    origin.answers("/feed", feed(item(1)))
    at.poll()
    damage(tmp_path / "wire.db")
    before = (tmp_path / "wire.db").read_bytes()

    said = at.run("poll", code=1).stderr

    assert sentence in said
    assert (tmp_path / "wire.db").read_bytes() == before


def change(path, statement):
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.execute(statement)
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_what_is_withdrawn_cannot_be_changed_any_more_and_nothing_is_said_to_be(
    at, origin
):
    origin.answers("/feed", feed(item(1)))
    at.poll()
    (only,) = at.articles()
    at.run("article", "withdraw", only["id"], "--reason", "a hoax")
    before = at.files()

    again = at.run("article", "withdraw", only["id"], "--reason", "a hoax").stdout
    for command in (["retitle", only["id"], "Mine"], ["split", only["id"]]):
        refused = at.run("article", *command, code=1)
        assert f"{only['id']} is withdrawn and stands nowhere" in refused.stderr
        assert refused.stdout == ""

    assert again == "it was withdrawn before, and stands nowhere; nothing was changed\n"
    assert at.articles() == [only]
    assert at.files() == before


@pytest.mark.parametrize(
    "command", [["article", "show"], ["article", "split"], ["explain"]]
)
def test_an_article_that_nobody_knows_is_told_with_the_way_to_find_one(at, command):
    told = at.run(*command, "https://agency.example/none", code=1).stderr

    assert "no article has the id or address https://agency.example/none; " in told
    assert "`mediawire search` finds articles by their words" in told


def test_a_hijacked_source_is_held_until_the_desk_releases_it(at, origin):
    origin.answers("/feed", feed(item(1)))
    hijacked = feed(
        *(item(n, host="casino.example") for n in range(10, 20)), title="Casino"
    )
    origin.answers(
        "/feed",
        hijacked.replace(b"https://agency.example/<", b"https://casino.example/<"),
    )
    at.poll()

    at.poll("--force")

    row = at.status()["agency"]
    assert row["state"] == "held"
    assert "changed at once" in row["because"]
    assert len(at.articles()) == 1
    at.run("source", "release", "agency")
    assert at.poll()["new"] == 10
    assert at.status()["agency"]["state"] == "ok"


def test_a_held_source_that_is_rejected_is_not_polled_any_more(at, origin):
    origin.answers("/feed", feed(item(1)))
    origin.answers("/feed", feed(*(item(n, age=60) for n in range(10, 250))))
    at.poll()
    at.poll("--force")

    at.run("source", "reject", "agency")

    assert at.status()["agency"]["state"] == "paused"
    assert at.poll()["polled"] == 0
    assert len(at.articles()) == 1


def test_a_source_that_is_not_held_is_neither_rejected_nor_released(at, origin):
    origin.answers("/feed", feed(item(1)))
    at.poll()
    before = (at.config / "sources.yaml").read_bytes()

    refused = at.run("source", "reject", "agency", code=1)

    assert "agency is not held" in refused.stderr
    assert "source pause agency" in refused.stderr
    assert "agency is not held" in at.run("source", "release", "agency", code=1).stderr
    assert (at.config / "sources.yaml").read_bytes() == before
    assert at.status()["agency"]["state"] == "ok"


def test_a_held_source_that_is_itself_again_goes_on(at, origin):
    origin.answers("/feed", feed(item(1)))
    origin.answers("/feed", feed(*(item(n, age=60) for n in range(10, 250))))
    origin.answers("/feed", feed(item(1), item(2)))
    at.poll()
    at.poll("--force")

    assert at.poll("--force")["new"] == 1
    assert at.status()["agency"]["state"] == "ok"
