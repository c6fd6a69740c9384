"""What is written becomes a Config: defaults, groups and sources folded into one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk

from aggregator.config import masked
from aggregator.config.units import duration, duration_text, size, size_text
from aggregator.model import (
    Config,
    FetchLimits,
    HostLimits,
    Pause,
    Publication,
    ReadingLimits,
    Rights,
    RuleSpec,
    Selection,
    Source,
    Trust,
)
from aggregator.store import file_of_store
from aggregator.text.urls import host_of


@pytest.mark.parametrize(
    "written", ['"From\\nthe wire"', "|\n      From\n      the wire"]
)
def test_words_that_stand_in_a_line_are_one_line(desk: Desk, written):
    """`credit` stands before a name, in texts and in markup."""
    desk.writes(
        "publications.yaml", f"publications:\n  - id: wire\n    credit: {written}\n"
    )

    assert desk.reads().publications[0].credit == "From the wire"


def test_the_name_of_a_folder_is_taken_to_the_letter(desk: Desk):
    desk.writes("mediawire.yaml", 'output: "/srv/wire "')

    assert desk.reads().output == Path("/srv/wire ")


def test_an_empty_folder_of_ours_is_every_default(desk: Desk):
    desk.writes("mediawire.yaml", "")

    config = desk.reads()

    here = Path.cwd()
    assert config == Config(
        folder=desk.folder,
        store=f"sqlite:///{here}/data/mediawire.db",
        output=here / "data/public",
        warnings=config.warnings,
    )


def test_every_key_of_the_service_arrives(desk: Desk):
    desk.writes(
        "mediawire.yaml",
        """\
base_url: https://wire.example/
contact: desk@wire.example
title: The Wire
store: postgresql+psycopg://u@db.example/wire
listen: "[::1]:9000"
output: /srv/wire
keep: 7d
fetch:
  timeout: 20s
  max_body: 5MB
  workers: 8
  per_host: 2
  spacing: 500ms
  allow_private: [10.1.2.0/24, 127.0.0.1, "intranet:8443", "[::1]:80"]
reading: {timeout: 5s, max_memory: 1GB, workers: 1}
hosts:
  "*.Platform.example": {per_host: 4}
  one.example: {spacing: 0s}
""",
    )

    config = desk.reads()

    assert config == Config(
        folder=desk.folder,
        base_url="https://wire.example",
        contact="desk@wire.example",
        title="The Wire",
        store="postgresql+psycopg://u@db.example/wire",
        listen=("::1", 9000),
        output=Path("/srv/wire"),
        keep=timedelta(days=7),
        fetch=FetchLimits(
            timeout=timedelta(seconds=20),
            max_body=5 * 1024 * 1024,
            workers=8,
            allow_private=("10.1.2.0/24", "127.0.0.1/32", "intranet:8443", "[::1]:80"),
        ),
        reading=ReadingLimits(
            timeout=timedelta(seconds=5), max_memory=1024**3, workers=1
        ),
        default_host=HostLimits(per_host=2, spacing=timedelta(milliseconds=500)),
        hosts=(
            (
                "*.platform.example",
                HostLimits(per_host=4, spacing=timedelta(milliseconds=500)),
            ),
            ("one.example", HostLimits(per_host=2, spacing=timedelta(0))),
        ),
        warnings=config.warnings,
    )


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("*.exämple.org", "https://a.exämple.org/feed"),
        ("*.EXÄMPLE.org", "https://a.xn--exmple-cua.org/feed"),
        ("a.example.", "https://a.example/feed"),
        ("a.example", "https://a.example./feed"),
        ("[a-c].example", "https://b.example/feed"),
        ("[::1]", "http://[::1]:8080/feed"),
        ("::1", "http://[::1]/feed"),
    ],
)
def test_manners_hold_for_a_host_however_it_is_written(desk: Desk, pattern, url):
    desk.writes("mediawire.yaml", f'hosts: {{"{pattern}": {{per_host: 3}}}}')

    assert desk.reads().host_limits(host_of(url)).per_host == 3


def test_files_on_this_machine_wait_for_nobody(desk: Desk):
    """Six of them took 11 s: all are on the same host, which is none."""
    desk.writes("mediawire.yaml", "fetch: {spacing: 60s}")

    limits = desk.reads().host_limits(host_of("file:feeds/a.xml"))

    assert limits.spacing == timedelta(0)
    assert limits.per_host > 1


def test_every_key_of_a_source_arrives(desk: Desk):
    desk.writes(
        "sources.yaml",
        """\
groups: {desk: {}}
sources:
  - id: 42
    url: https://a.example/feed?q=%C3%A9&b=1#x
    title: no
    site: https://a.example/
    tags: [world, "on"]
    interval: 30m
    rights: {holder: A, notice: © A, license: "https://a.example/l", body: excerpt, words: 20, images: no, index: canonical}
    group: desk
    language: no
    timezone: Asia/Tehran
    headers: {X-Key: s3cret}
    auth: {username: me, password: pw}
    verify_tls: off
    paused: {until: 2026-12-31, why: holiday}
    trust: {ids: false, dates: no, authors: off}
    rules: [r]
""",
    )
    desk.writes("publications.yaml", "rules: {r: {kind: shouting, words: [a]}}")

    [source] = desk.reads().sources

    assert source == Source(
        id="42",
        url="https://a.example/feed?q=%C3%A9&b=1#x",
        title="no",
        site="https://a.example/",
        group="desk",
        tags=("world", "on"),
        language="no",
        timezone="Asia/Tehran",
        interval=timedelta(minutes=30),
        headers=(("X-Key", "s3cret"),),
        auth=source.auth,
        verify_tls=False,
        paused=Pause(until=datetime(2026, 12, 31, tzinfo=UTC), why="holiday"),
        trust=Trust(ids=False, dates=False, authors=False),
        rules=("r",),
        rights=Rights(
            holder="A",
            notice="© A",
            license="https://a.example/l",
            body="excerpt",
            words=20,
            images=False,
            index="canonical",
        ),
    )
    assert source.auth
    assert (source.auth.username, source.auth.password) == ("me", "pw")


def test_every_key_of_a_publication_and_a_rule_arrives(desk: Desk):
    desk.writes("sources.yaml", "sources: [{id: a, url: https://a.example/}]")
    desk.writes(
        "publications.yaml",
        """\
publications:
  - id: wire
    title: Wire
    description: d
    disclaimer: >-
      one
      line
    language: fa
    credit: منبع
    select: {sources: [a], tags: [t], languages: [en], max_age: 14d}
    rules: [r]
    limit: 5
    body: headline
    formats: [json, rss, json]
  - id: bare
rules:
  r: {kind: shouting, words: [a, b]}
""",
    )

    config = desk.reads()

    assert config.publications == (
        Publication(
            id="wire",
            title="Wire",
            description="d",
            disclaimer="one line",
            language="fa",
            credit="منبع",
            select=Selection(
                sources=("a",),
                tags=("t",),
                languages=("en",),
                max_age=timedelta(days=14),
            ),
            rules=("r",),
            limit=5,
            body="headline",
            formats=("json", "rss"),
        ),
        Publication(id="bare", title="bare"),
    )
    assert config.rules == (
        RuleSpec(id="r", kind="shouting", options={"words": ["a", "b"]}),
    )


LAYERED = """\
defaults:
  interval: 2h
  language: en
  tags: [all]
  rights: {holder: D, body: excerpt, words: 10}
  headers: {X-A: d, X-B: d}
  rules: [one]
groups:
  g:
    language: fa
    tags: [group, all]
    rights: {holder: G, images: false}
    headers: {X-B: g}
    trust: {dates: no}
    rules: [two, one]
sources:
  - {id: plain, url: https://a.example/}
  - {id: grouped, url: https://b.example/, group: g}
  - id: own
    url: https://c.example/
    group: g
    interval: 5m
    language: de
    tags: [own]
    rights: {holder: S}
    trust: {ids: no}
    rules: [three]
"""
RULES = "rules: {one: {kind: shouting}, two: {kind: shouting}, three: {kind: shouting}}"


@pytest.fixture
def layered(desk: Desk) -> Desk:
    desk.writes("sources.yaml", LAYERED)
    desk.writes("publications.yaml", RULES)
    return desk


def test_defaults_hold_for_a_source_that_says_nothing(layered: Desk):
    source = layered.source("plain")

    assert source.interval == timedelta(hours=2)
    assert (source.language, source.tags) == ("en", ("all",))
    assert source.rights == Rights(holder="D", body="excerpt", words=10)


def test_a_group_goes_over_the_defaults_key_by_key(layered: Desk):
    source = layered.source("grouped")

    assert (source.language, source.tags) == ("fa", ("all", "group"))
    assert source.rights == Rights(holder="G", body="excerpt", words=10, images=False)
    assert source.headers == (("X-A", "d"), ("X-B", "g"))
    assert source.rules == ("one", "two")


def test_a_source_goes_over_its_group(layered: Desk):
    source = layered.source("own")

    assert source.interval == timedelta(minutes=5)
    assert (source.language, source.tags) == ("de", ("all", "group", "own"))
    assert source.rights.holder == "S"
    assert source.trust == Trust(ids=False, dates=False)
    assert source.rules == ("one", "two", "three")


def test_a_written_default_counts_although_it_is_the_program_s_own(desk: Desk):
    desk.writes(
        "sources.yaml",
        "defaults: {interval: 5m, rights: {body: excerpt}}\n"
        "sources: [{id: a, url: https://a.example/, interval: 1h, rights: {body: full}}]\n",
    )

    source = desk.source("a")

    assert (source.interval, source.rights.body) == (timedelta(hours=1), "full")


def test_more_sources_stand_in_a_folder_with_defaults_of_their_own(desk: Desk):
    desk.writes(
        "sources.yaml",
        "defaults: {language: en, tags: [all]}\ngroups: {g: {tags: [g]}}",
    )
    desk.writes(
        "sources.d/desk.yaml",
        "defaults: {language: fa}\n"
        "sources: [{id: a, url: https://a.example/, group: g}]\n",
    )

    source = desk.source("a")

    assert (source.language, source.tags) == ("fa", ("all", "g"))


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("file:feeds/a.xml", "file:///{folder}/feeds/a.xml"),
        ("file:./a.xml", "file:///{folder}/a.xml"),
        ("file:a b.xml", "file:///{folder}/a%20b.xml"),
        ("file:a%20b.xml", "file:///{folder}/a%20b.xml"),
        ("FILE:a.xml", "file:///{folder}/a.xml"),
        ("file:/srv/a.xml", "file:///srv/a.xml"),
        ("file:///srv/a.xml", "file:///srv/a.xml"),
        ("file://localhost/srv/a.xml", "file:///srv/a.xml"),
        ("HTTPS://A.example:443/%7Ea?b=%2F&&c#d", "HTTPS://A.example:443/%7Ea?b=%2F&&c#d"),
        ("http://user:pw@a.example/", "http://user:pw@a.example/"),
        ("http://2130706433/", "http://2130706433/"),
        ("https://пример.example/лента", "https://пример.example/лента"),
    ],
)  # fmt: skip
def test_an_address_stays_as_it_is_and_a_file_becomes_absolute(
    desk: Desk, written, url
):
    desk.writes("sources.yaml", f'sources: [{{id: a, url: "{written}"}}]')

    folder = desk.folder.as_posix().lstrip("/")
    assert desk.source("a").url == url.replace("{folder}", folder)


@pytest.mark.parametrize(
    ("written", "store"),
    [
        ("sqlite:///x.db", "sqlite:///{here}/x.db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("sqlite:///x.db?timeout=5", "sqlite:///{here}/x.db?timeout=5"),
        ("postgresql+psycopg://u:p@h:5/d", "postgresql+psycopg://u:p@h:5/d"),
        ("postgresql://u:/p?w@[::1]/d?a=b@c", "postgresql://u:/p?w@[::1]/d?a=b@c"),
        ("postgresql:///d?host=/run/sql", "postgresql:///d?host=/run/sql"),
    ],
)
def test_a_store_on_disk_becomes_absolute(desk: Desk, written, store):
    desk.writes("mediawire.yaml", f"store: {written}")

    assert desk.reads().store == store.replace("{here}", str(Path.cwd()))


@pytest.mark.parametrize("name", ["a%20b", "100%", "what?", "c#1 @d'é"])
def test_a_store_lies_in_the_folder_it_is_relative_to_whatever_that_is_named(
    desk: Desk, tmp_path, monkeypatch, name
):
    """To SQLAlchemy %20 is a space, and a question mark ends the path."""
    (here := tmp_path / name).mkdir()
    monkeypatch.chdir(here)
    desk.writes("sources.yaml", "sources: []")

    store = desk.reads().store
    assert file_of_store(store) == here / "data" / "mediawire.db"
    assert masked(store) == store


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("0s", 0),
        ("90s", 90),
        ("30m", 1800),
        ("6h", 21600),
        ("7d", 604800),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text, seconds):
    assert duration(text) == timedelta(seconds=seconds)
    assert duration(duration_text(duration(text))) == duration(text)


@pytest.mark.parametrize(
    "text", ["", "5", "-5s", "1.5h", "5 s", "5S", "PT5S", "٥s", "s", "1h30m"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="write 90s, 30m, 6h or 7d"):
        duration(text)


@pytest.mark.parametrize(
    ("text", "size_in_bytes"),
    [("1KB", 1024), ("512kb", 512 * 1024), ("5MB", 5 * 1024**2), ("1GB", 1024**3)],
)
def test_a_size_counts_in_1024(text, size_in_bytes):
    assert size(text) == size_in_bytes
    assert size(size_text(size_in_bytes)) == size_in_bytes


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://новости.рф/", "https://xn--b1amnebsh.xn--p1ai"),
        ("https://Bücher.example:8443/ü", "https://xn--bcher-kva.example:8443/%C3%BC"),
        ("https://a.example/a%20b/нов", "https://a.example/a%20b/%D0%BD%D0%BE%D0%B2"),
        ("http://[::1]:8080/ü", "http://[::1]:8080/%C3%BC"),
    ],
)
def test_the_public_address_is_read_as_headers_and_feeds_can_have_it(
    desk: Desk, written, read
):
    """Links to the next page and `Content-Location` were faults of ours."""
    desk.writes("mediawire.yaml", f"base_url: {written}")

    assert desk.reads().base_url == read
