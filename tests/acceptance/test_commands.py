"""The commands as an operator and cron meet them: results, exit codes, sentences."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from aggregator.app.clock import utc_now
from aggregator.store import hold, open_store
from tests.installation import PATIENCE, Installation, free_port

RSS = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>The Gazette</title><link>https://gazette.example/</link>
<description>News</description>{items}</channel></rss>"""
ITEM = """<item><title>Report {n}</title><link>https://gazette.example/{n}</link>
<guid isPermaLink="false">{n}</guid><description>&lt;p&gt;Words of {n}.&lt;/p&gt;</description></item>"""


def rss(*numbers):
    return RSS.format(items="".join(ITEM.format(n=n) for n in numbers)).encode()


def test_every_report_of_a_command_is_there_for_programs(tmp_path, origin):
    origin.answers("/feed", rss(1, 2))
    at = Installation(tmp_path, {"gazette": origin.url()}, port=free_port())

    round_ = json.loads(at.run("run", "--once", "--json").stdout)
    health = json.loads(at.run("health", "--json", code=1).stdout)
    refused = at.run("run", "--json", code=2).stderr

    assert (round_["polled"], round_["updated"], round_["new"]) == (1, 1, 2)
    assert [source["id"] for source in round_["sources"]] == ["gazette"]
    assert not health["ready"]
    assert "nothing answers on 127.0.0.1" in health["reasons"][0]
    assert "--json is for --once" in refused


def test_a_second_poll_is_conditional_and_rewrites_no_file(tmp_path, origin):
    origin.answers("/feed", rss(1, 2), headers=[("ETag", '"one"')])
    origin.answers("/feed", status=304, headers=[("ETag", '"one"')])
    at = Installation(tmp_path, {"gazette": origin.url()})

    first = at.poll()
    before = at.files()
    second = at.poll("--force")

    assert (first["polled"], first["updated"], first["new"]) == (1, 1, 2)
    assert (second["polled"], second["unchanged"], second["new"]) == (1, 1, 0)
    assert second["sources"] == [
        {"id": "gazette", "outcome": "unchanged", "new": 0, "changed": 0, "error": None}
    ]
    assert origin.heard[1].header("if-none-match") == b'"one"'
    assert at.files() == before


def test_what_is_not_due_is_not_asked(tmp_path, origin):
    """P1: one GET of the configured path, and no second one before its time."""
    origin.answers("/feed", rss(1))
    at = Installation(tmp_path, {"gazette": origin.url()})

    assert at.poll()["polled"] == 1
    assert at.poll()["polled"] == 0

    assert [heard.line for heard in origin.heard] == [b"GET /feed HTTP/1.1"]


def test_source_show_tells_what_was_left_of_a_long_document(tmp_path, origin):
    """I20: the newest 2,000 entries of a document are read, and the operator can see it."""
    origin.answers("/feed", rss(*range(2_001)))
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()

    shown = at.run("source", "show", "gazette").stdout
    (poll,) = json.loads(at.run("source", "show", "gazette", "--json").stdout)["polls"]

    assert "2001 entries: the first 2000 were read" in shown
    assert poll["notes"] == ["2001 entries: the first 2000 were read"]


def test_an_edited_report_is_changed_in_place(tmp_path, origin):
    origin.answers("/feed", rss(1, 2))
    origin.answers("/feed", rss(1, 2).replace(b"Words of 1", b"Better words of 1"))
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()
    before = at.articles()

    answer = at.poll("--force")

    assert (answer["new"], answer["changed"]) == (0, 1)
    assert [a["id"] for a in at.articles()] == [a["id"] for a in before]
    assert b"Better words of 1" in at.published("feeds/wire.rss")


def test_a_failed_source_is_news_and_a_fault_only_if_asked_for(tmp_path, origin):
    origin.answers("/feed", status=500)
    at = Installation(tmp_path, {"gazette": origin.url()})

    answer = at.poll()
    assert answer["failed"] == 1
    assert "500" in answer["sources"][0]["error"]
    at.poll("--force", "--strict", code=1)
    assert at.status()["gazette"]["state"] == "failing"


def test_a_running_retry_after_is_kept_even_by_force(tmp_path, origin):
    """P12: never earlier than asked."""
    origin.answers("/feed", status=429, headers=[("Retry-After", "3600")])
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()

    done = at.run("poll", "--force", "--json")

    assert json.loads(done.stdout)["polled"] == 0
    assert "gazette is not polled" in done.stderr
    assert len(origin.heard) == 1
    assert at.status()["gazette"]["state"] == "throttled"


def test_only_named_sources_are_polled_and_unknown_ones_are_named(tmp_path, origin):
    origin.answers("/feed", rss(1))
    at = Installation(tmp_path, {"gazette": origin.url(), "other": origin.url("/2")})

    assert [s["id"] for s in at.poll("gazette")["sources"]] == ["gazette"]
    wrong = at.run("poll", "gazete", code=2)
    assert "did you mean gazette?" in wrong.stderr


def test_status_tells_every_source_before_and_after_its_first_poll(tmp_path, origin):
    origin.answers("/feed", rss(1, 2, 3))
    at = Installation(tmp_path, {"gazette": origin.url()})

    before = at.status()["gazette"]
    at.poll()
    after = at.status()["gazette"]

    assert (before["state"], before["articles"]) == ("new", 0)
    assert (after["state"], after["articles"]) == ("ok", 3)
    assert after["url"] == origin.url()
    assert after["outcome"] == "updated"
    assert after["error"] is None
    assert after["last_success"] < after["next_poll_at"]
    assert "1h" in after["because"]


def test_an_article_list_holds_what_it_promises(tmp_path, origin):
    origin.answers("/feed", rss(1, 2, 3))
    at = Installation(tmp_path, {"gazette": {"url": origin.url(), "title": "Gazette"}})
    at.poll()

    listed = at.articles()

    assert [article["title"] for article in listed] == [
        f"Report {n}" for n in (1, 2, 3)
    ]
    assert set(listed[0]) == {
        *("id", "source", "title", "source_title", "url"),
        *("published", "updated", "listed_at"),
    }
    assert len(at.articles("--limit", "2")) == 2
    shown = json.loads(at.run("article", "show", "--json", listed[0]["url"]).stdout)
    assert shown[0]["id"] == listed[0]["id"]
    assert "no article" in at.run("article", "show", "nothing", code=1).stderr


def test_a_local_feed_without_links_shows_no_address_of_nobodys(tmp_path):
    """Its ids are of the `.invalid` that keeps them unique; nothing leads there."""
    (tmp_path / "local.xml").write_text(
        '<rss version="2.0"><channel><item><guid isPermaLink="false">1</guid>'
        "<title>Local</title><description>Words.</description></item></channel></rss>"
    )
    at = Installation(tmp_path, {"local": f"file:{tmp_path}/local.xml"})
    at.poll()
    (only,) = at.articles()

    shown = json.loads(at.run("article", "show", only["id"], "--json").stdout)[0]

    assert shown["feed_url"] is None
    for name in ("rss", "atom", "json"):
        document = at.published(f"feeds/wire.{name}").decode()
        assert "Source: local" in document
        assert "feed.invalid/" not in document


def test_publish_check_tells_whether_bytes_would_differ(tmp_path, origin):
    origin.answers("/feed", rss(1))
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()

    at.run("publish", "--check")
    (tmp_path / "public/feeds/wire.rss").write_bytes(b"<rss/>")
    assert (
        at.run("publish", "--check", code=1).stdout == "feeds/wire.rss would change\n"
    )
    at.run("publish")
    at.run("publish", "--check")


def test_publish_check_tells_it_in_one_json_document(tmp_path, origin):
    origin.answers("/feed", rss(1))
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()

    same = at.run("publish", "--check", "--json")
    (tmp_path / "public/feeds/wire.rss.gz").write_bytes(b"damaged")
    other = at.run("publish", "--check", "--json", code=1)

    assert json.loads(same.stdout) == []
    assert json.loads(other.stdout) == [{"path": "feeds/wire.rss.gz"}]


def test_a_wrong_config_is_told_whole_with_places(tmp_path):
    at = Installation(tmp_path, {"gazette": "https://gazette.example/feed"})
    at.write(
        "sources.yaml",
        "sources:\n  - id: a/b\n    url: https://a.example/\n    intervall: 30m\n"
        "  - id: c\n    url: https://c.example/\n    interval: 5\n",
    )

    told = at.run("poll", code=78).stderr

    assert "sources.yaml:2:" in told
    assert "sources.yaml:4:" in told
    assert "interval" in told
    assert 'sources.yaml:7:15: sources.1.interval: "5" has no unit' in told


def test_there_is_no_such_command_and_the_nearest_is_named(tmp_path):
    at = Installation(tmp_path, {})

    assert "did you mean poll?" in at.run("pol", code=2).stderr
    assert at.run("--version").stdout.startswith("mediawire")


def test_a_house_style_changes_the_headline_and_keeps_the_original(tmp_path, origin):
    origin.answers("/feed", rss(1).replace(b"Report 1", b"UN MEETS IN ROME"))
    at = Installation(
        tmp_path,
        {"gazette": origin.url()},
        publications="publications:\n  - {id: wire, title: W, rules: [style]}\n"
        "rules:\n  style: {kind: headline, unshout: true, keep: [UN, Rome]}\n",
    )
    at.poll()

    article = at.articles()[0]
    item = json.loads(at.published("feeds/wire.json"))["items"][0]

    assert article["title"] == item["title"] == "UN meets in Rome"
    assert article["source_title"] == "UN MEETS IN ROME"
    assert item["_mediawire"]["source_title"] == "UN MEETS IN ROME"
    assert b"alternative>UN MEETS IN ROME<" in at.published("feeds/wire.rss")
    assert b"alternative>UN MEETS IN ROME<" in at.published("feeds/wire.atom")


def test_a_changed_rule_rewrites_headlines_of_what_is_stored(tmp_path, origin):
    origin.answers("/feed", rss(1))
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()
    before = at.articles()[0]

    at.write(
        "publications.yaml",
        "publications:\n  - {id: wire, title: W, rules: [style]}\n"
        "rules:\n  style: {kind: headline, replace: {Report: Bulletin}}\n",
    )
    at.run("publish")

    after = at.articles()[0]
    assert after["title"] == "Bulletin 1"
    assert {**after, "title": before["title"]} == before


def test_two_at_a_time_on_one_store_is_one_too_many(tmp_path, origin):
    """D5: the second exits 75 and names the first."""
    origin.silence()
    at = Installation(tmp_path, {"gazette": origin.url()})
    first = at.start("poll")
    try:
        deadline = time.monotonic() + PATIENCE
        while not origin.connections and time.monotonic() < deadline:
            assert first.poll() is None
        refused = at.run("poll", code=75)
        assert str(first.pid) in refused.stderr
    finally:
        first.kill()
        first.communicate()
    at.run("publish")  # kill -9 leaves no stale lock


@pytest.mark.parametrize(
    ("holder", "command", "what_now"),
    [
        ("run", "poll", '"Poll now" on its page below http://127.0.0.1:8080/status/'),
        ("scheduler", "poll", "it polls by itself what is due; stop it first"),
        ("run", "publish", "it publishes by itself what changed; stop it first"),
        ("run", "db migrate", "; stop it first to run this"),
        ("poll", "run", "; try again when that has ended"),
    ],
)
def test_who_finds_the_store_held_is_told_what_to_do_now(
    tmp_path, holder, command, what_now
):
    at = Installation(tmp_path, {"gazette": "https://gazette.example/"})

    with hold(at.store, holder, now=datetime.now(UTC)):
        told = at.run(*command.split(), code=75).stderr

    assert f"held by {holder} (pid {os.getpid()} on " in told
    assert what_now in told


def test_the_demo_shows_two_rounds_and_the_second_changes_nothing(tmp_path):
    at = Installation(tmp_path, {})

    shown = at.run("-q", "demo", "--once").stdout

    assert "Round 1" in shown
    assert "0 updated, 7 unchanged" in shown
    assert "identical" in shown


def test_the_two_rounds_of_the_demo_are_one_json_document_on_demand(tmp_path):
    at = Installation(tmp_path, {})

    shown = json.loads(at.run("-q", "demo", "--once", "--json").stdout)
    refused = at.run("demo", "--json", code=2).stderr

    first, second = shown["rounds"]
    assert (first["new"], first["failed"]) == (18, 1)
    assert (second["polled"], second["unchanged"]) == (7, 7)
    assert shown["identical"]
    assert shown["files"] > 0
    assert "--json is for --once" in refused


def test_a_pipe_that_closes_early_is_met_with_silence(tmp_path, origin):
    origin.answers("/feed", rss(*range(300)))
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()

    listing = at.start("-q", "article", "list", "--json")
    listing.stdout.close()
    said = listing.stderr.read()
    listing.wait(PATIENCE)
    listing.stderr.close()

    assert said == ""


def test_a_fault_of_ours_is_a_sentence_and_a_traceback_only_on_request(tmp_path):
    at = Installation(tmp_path, {})
    broken = {"PYTHONPATH": str(tmp_path / "broken")}
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sqlalchemy.py").write_text("1 / 0")

    told = at.run("status", code=1, environ=broken).stderr

    assert "a fault of ours: ZeroDivisionError" in told


@pytest.mark.parametrize(
    ("arguments", "environ", "shown"),
    [
        (["--log-level=debug", "status"], {}, True),
        (["status"], {"MEDIAWIRE_LOG_LEVEL": "debug"}, True),
        (["status"], {"MEDIAWIRE_LOG_LEVEL": "DEBUG"}, True),
        (["search", "debug"], {}, False),
    ],
)
def test_where_a_fault_was_is_shown_by_the_log_level_and_by_no_other_word(
    tmp_path, arguments, environ, shown
):
    at = Installation(tmp_path, {})
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sqlalchemy.py").write_text("1 / 0")
    broken = {**os.environ, **environ, "PYTHONPATH": str(tmp_path / "broken")}

    done = subprocess.run(
        at.command(*arguments),
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env=broken,
    )

    assert done.returncode == 1
    assert (b"Traceback" in done.stderr) is shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["status"], "no source is configured; `mediawire source add URL`"),
        (["source", "list"], "no source is configured; `mediawire source add URL`"),
        (["article", "list"], "no article is stored; `mediawire poll`"),
        (["article", "list", "--source", "a"], "no article of a is stored"),
    ],
)
def test_a_list_of_nothing_is_a_sentence_and_for_programs_an_empty_list(
    tmp_path, arguments, sentence
):
    at = Installation(tmp_path, {})

    told = at.run(*arguments)

    assert told.stdout == ""
    assert sentence in told.stderr
    assert json.loads(at.run(*arguments, "--json").stdout) == []


@pytest.mark.parametrize("command", ["demo", "run", "serve"])
@pytest.mark.parametrize(
    ("listen", "sentence"),
    [
        ("foo", '"foo" is not host:port; write 127.0.0.1:8080'),
        ("127.0.0.1", '"127.0.0.1" is not host:port; write 127.0.0.1:8080'),
        ("127.0.0.1:abc", '"abc" is no port; write a number up to 65535'),
    ],
)
def test_an_address_that_nobody_can_listen_on_is_wrong_use(
    tmp_path, command, listen, sentence
):
    at = Installation(tmp_path, {})

    told = at.run(command, "--listen", listen, code=2)

    assert told.stderr.splitlines()[-1] == (
        f"Error: Invalid value for '--listen': {sentence}"
    )


def test_an_address_of_another_machine_is_named_by_the_demo(tmp_path):
    at = Installation(tmp_path, {})

    told = at.run("demo", "--once", "--listen", "192.0.2.1:0", code=1)

    assert "cannot listen on 192.0.2.1: " in told.stderr
    assert "give --listen an address of this machine" in told.stderr


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"[]", b'{"status": "up"}'])
def test_another_program_on_the_address_is_not_taken_for_a_healthy_service(
    tmp_path, origin, body
):
    origin.answers("/-/ready", body)
    at = Installation(tmp_path, {})
    place = urlsplit(origin.url()).netloc
    at.write("mediawire.yaml", f"listen: {place}\nstore: {at.store}")

    asked = at.run("health", "--json", code=1)

    said = json.loads(asked.stdout)
    assert not said["ready"]
    assert said["reasons"][0].startswith(f"what answers on {place} (`listen`) does not")
    assert said["reasons"][0] in asked.stderr


def test_a_service_that_runs_on_with_the_config_it_had_is_healthy(tmp_path, origin):
    origin.answers("/-/ready", b'{"ready": true, "reasons": []}')
    at = Installation(tmp_path, {})
    place = urlsplit(origin.url()).netloc
    at.write("mediawire.yaml", f"listen: {place}\nkeep: some\nstore: {at.store}")
    at.write("sources.yaml", "sources: [")

    asked = json.loads(at.run("health", "--json").stdout)

    at.write("mediawire.yaml", f"listen: 127.0.0.1:{free_port()}\nkeep: some")
    silent = at.run("health", code=1).stderr
    assert asked == {"ready": True, "reasons": []}
    assert 'mediawire.yaml:2:7: keep: "some" is no duration' in silent


def test_an_address_is_named_as_it_is_written_in_the_config(tmp_path):
    at = Installation(tmp_path, {})
    place = f"[::1]:{free_port()}"
    at.write("mediawire.yaml", f"listen: '{place}'\nstore: {at.store}")

    asked = at.run("health", code=1)
    served = at.run("serve", "--listen", "[2001:db8::1]:8080", code=1)

    assert f"nothing answers on {place} (`listen`): " in asked.stderr
    assert "cannot listen on [2001:db8::1]:8080: " in served.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["article", "list", "--limit", "abc"], "'abc' is no whole number from 1 on"),
        (["article", "list", "--limit", "0"], "'0' is no whole number from 1 on"),
        (
            ["search", "x", "--limit", "5000"],
            "'5000' is no whole number from 1 to 1000",
        ),
    ],
)
def test_a_number_that_cannot_be_says_which_ones_can(tmp_path, arguments, sentence):
    at = Installation(tmp_path, {})

    assert sentence in at.run(*arguments, code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["STATUS"], "there is no command 'STATUS'; did you mean status?"),
        (["chekc"], "there is no command 'chekc'; did you mean check?"),
        (["article", "lst"], "there is no command 'lst'; did you mean list?"),
        (["source", "zzz"], "there is no command 'zzz'"),
        (["publish", "wrie"], "there is no publication 'wrie' in the config; did"),
        (["status", "gazete"], "there is no source 'gazete' in the config; did"),
    ],
)
def test_a_name_that_nothing_has_is_told_in_one_voice(tmp_path, arguments, sentence):
    at = Installation(tmp_path, {"gazette": "https://gazette.example/"})

    assert f"Error: {sentence}" in at.run(*arguments, code=2).stderr


def test_python_dash_m_is_the_same_command(tmp_path):
    at = Installation(tmp_path, {})
    done = subprocess.run(
        at.command("--help"), capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert done.stdout.startswith("Usage: mediawire")


def test_what_the_desk_paused_is_asked_by_no_command(tmp_path, origin):
    """Neither by force, nor by a check or a test of its address."""
    at = Installation(
        tmp_path, {"gazette": {"url": origin.url(), "paused": {"why": "on strike"}}}
    )

    by_force = at.run("poll", "--force", "--json")
    by_name = at.run("poll", "--force", "gazette", "--json")
    checked = at.run("check", "--online", "--json")
    tested = at.run("source", "test", origin.url(), code=1)

    assert json.loads(by_force.stdout)["polled"] == 0
    assert json.loads(by_name.stdout)["polled"] == 0
    assert "gazette is not polled: paused: on strike; resume it" in by_name.stderr
    assert json.loads(checked.stdout)["not_tried"].keys() == {"gazette"}
    assert "polled as gazette: paused: on strike" in tested.stderr
    assert origin.heard == []


def test_a_source_polled_by_its_name_before_its_time_is_told_with_what_to_do(
    tmp_path, origin
):
    """But not in the mail of cron, which is quiet."""
    origin.answers("/feed", rss(1))
    paused = {"url": origin.url("/other"), "paused": {"why": "on strike"}}
    at = Installation(tmp_path, {"gazette": origin.url(), "herald": paused})
    at.poll()

    told = at.run("poll", "gazette", "herald").stderr.splitlines()
    unnamed, quiet = at.run("poll"), at.run("-q", "poll", "gazette")

    assert re.fullmatch(
        r"mediawire: gazette is not polled: not due until [-: \d]+ UTC, interval .+; "
        "`poll --force gazette` asks all the same",
        told[0],
    )
    assert told[1] == (
        "mediawire: herald is not polled: paused: on strike; resume it first"
    )
    assert unnamed.stderr + quiet.stderr == ""
    assert len(origin.heard) == 1


def test_a_check_and_a_test_wait_for_a_running_retry_after_too(tmp_path, origin):
    """P12: never earlier than asked, whoever asks."""
    origin.answers("/feed", status=429, headers=[("Retry-After", "3600")])
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()

    checked = at.run("check", "--online")
    tested = at.run("source", "test", origin.url(), code=1)
    added = at.run("source", "add", origin.url(), code=1)

    assert "gazette is not tried: Retry-After until" in checked.stderr
    assert "Retry-After until" in tested.stderr
    assert "Retry-After until" in added.stderr
    assert len(origin.heard) == 1


def test_a_source_that_was_removed_waits_for_a_running_retry_after_too(
    tmp_path, origin
):
    """P12: neither a test of its address, nor to add it, nor another id asks early."""
    origin.answers("/feed", status=429, headers=[("Retry-After", "3600")])
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()
    at.write_sources({})

    tested = at.run("source", "test", origin.url(), code=1)
    added = at.run("source", "add", origin.url(), code=1)
    at.write_sources({"renamed": origin.url()})
    polled = at.poll()

    assert "/feed is not asked: Retry-After until" in tested.stderr
    assert "/feed is not asked: Retry-After until" in added.stderr
    assert polled["polled"] == 0
    assert at.status()["renamed"]["because"].startswith("Retry-After until")
    assert len(origin.heard) == 1


@pytest.mark.parametrize("known", ["gazette", "herald"])
def test_what_a_check_was_asked_to_wait_for_every_command_waits_for(
    tmp_path, origin, known
):
    """P12: of a source that was polled before, and of one that was not."""
    at = Installation(tmp_path, {known: origin.url()})
    origin.answers("/feed", rss(1))
    origin.answers("/feed", status=429, headers=[("Retry-After", "3600")])
    at.poll()
    at.write_sources({"gazette": origin.url()})

    at.run("check", "--online", code=1)
    polled = at.poll()
    forced = at.run("poll", "--force", "gazette", "--json")

    assert polled["polled"] == json.loads(forced.stdout)["polled"] == 0
    assert "gazette is not polled: Retry-After until" in forced.stderr
    assert at.status()["gazette"]["state"] == "throttled"
    assert len(origin.heard) == 2


def test_a_check_makes_no_store(tmp_path, origin):
    at = Installation(tmp_path, {"gazette": origin.url()})
    origin.answers("/feed", status=500)

    at.run("check", "--online", code=1)

    assert not (tmp_path / "wire.db").exists()


def test_a_check_names_what_cannot_be_used_once(tmp_path, origin):
    origin.answers("/feed", b"No feed today")
    at = Installation(tmp_path, {"gazette": origin.url()})

    said = at.run("check", "--online", code=1).stderr
    failed = json.loads(at.run("check", "--online", "--json", code=1).stdout)["failed"]

    assert said.splitlines()[-1].startswith("gazette: not a feed; it begins: No feed")
    assert failed["gazette"].startswith("not a feed")


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ("a-file", "{folder}/a-file: is a file"),
        ("a-file/public", "{folder}/a-file/public: not a directory"),
        ("/proc/nope", "/proc/nope: no such file or directory"),
    ],
)
@pytest.mark.parametrize("command", ["publish", "poll", "run --once"])
def test_an_output_that_cannot_be_written_is_told_once(
    tmp_path, origin, command, output, why
):
    origin.answers("/feed", rss(1))
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()
    (tmp_path / "a-file").touch()
    keys = (at.config / "mediawire.yaml").read_text()
    at.write("mediawire.yaml", keys.replace(f"{tmp_path}/public", output))

    said = at.run("-q", *command.split(), code=1).stderr

    assert said == (
        f"mediawire: `output` cannot be written: {why.format(folder=tmp_path)}; "
        "set it in mediawire.yaml to a folder in which this user may make files\n"
    )


@pytest.mark.parametrize("command", ["poll", "run --once"])
def test_a_round_fails_that_cannot_replace_a_document(tmp_path, origin, command):
    """Cron hears of it by the exit code, whichever of the two it runs."""
    origin.answers("/feed", rss(1))
    at = Installation(tmp_path, {"gazette": origin.url()})
    (tmp_path / "public" / "feeds" / "wire.json").mkdir(parents=True)

    done = at.run("-q", *command.split(), "--json", code=1)

    assert json.loads(done.stdout)["updated"] == 1


def gone(folder, origin):
    """Return an installation whose source answered 410 twice, two hours apart."""
    origin.answers("/feed", status=410)
    at = Installation(folder, {"gazette": origin.url()})
    at.poll()
    with closing(sqlite3.connect(folder / "wire.db")) as store, store:
        store.execute("UPDATE sources SET gone_since = gone_since - 7200000000")
    at.poll("--force")
    return at


def test_a_feed_that_is_gone_is_not_asked_by_a_check_of_all(tmp_path, origin):
    """P15: then 0, though `check --online` runs each night. Its own test may ask."""
    at = gone(tmp_path, origin)

    checked = at.run("check", "--online")

    assert "gazette is not tried: gone since" in checked.stderr
    assert len(origin.heard) == 2
    assert "410 Gone" in at.run("source", "test", origin.url(), code=1).stderr


def test_a_feed_that_is_gone_is_forced_by_its_name_alone(tmp_path, origin):
    """P15: then 0."""
    at = gone(tmp_path, origin)
    assert at.status()["gazette"]["state"] == "gone"

    skipped = at.run("poll", "--force", "--json")
    assert json.loads(skipped.stdout)["polled"] == 0
    assert "gazette is not polled: gone since" in skipped.stderr
    assert at.poll("--force", "gazette")["polled"] == 1


@pytest.mark.parametrize("command", ["poll --force", "run --once"])
def test_a_round_of_cron_deletes_what_is_older_than_is_kept(tmp_path, origin, command):
    """Once a day, as a service does."""
    long_ago = format_datetime(datetime.now(UTC) - timedelta(days=30))
    old = rss(1).decode().replace("</link>", f"</link><pubDate>{long_ago}</pubDate>")
    origin.answers("/feed", old.encode())
    origin.answers("/feed", rss(2))
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.write(
        "mediawire.yaml", (at.config / "mediawire.yaml").read_text() + "keep: 2d\n"
    )
    at.poll()
    assert [each["title"] for each in at.articles()] == ["Report 1"]
    with open_store(at.store) as store:
        store.put_meta("pruned", (utc_now() - timedelta(days=1)).isoformat())
        [row] = store.states().values()
        store.reschedule(
            [
                replace(
                    row,
                    next_poll_at=utc_now(),
                    last_polled_at=row.last_polled_at - timedelta(hours=2),
                )
            ]
        )

    at.run(*command.split())

    assert [each["title"] for each in at.articles()] == ["Report 2"]


def test_a_working_directory_that_was_deleted_is_named(tmp_path):
    """The system says "No such file or directory", and of what it does not say."""
    (gone := tmp_path / "gone").mkdir()

    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD"; exec "$0" -m aggregator status', sys.executable],
        cwd=gone,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "mediawire: the working directory was deleted; `cd` to one that is there\n"
    )
