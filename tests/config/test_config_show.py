"""What holds, and where it comes from; no secret in it."""

from desk import Desk

from aggregator.config import reference
from aggregator.config.show import settings


def shown(desk: Desk) -> dict[str, tuple[str, str]]:
    return {s.key: (s.value, s.origin) for s in settings(desk.loaded())}


def test_each_setting_has_its_value_and_origin(desk: Desk):
    desk.writes("mediawire.yaml", "keep: 7d\nfetch:\n  max_body: 5MB\n")
    desk.environ = {"MEDIAWIRE_FETCH__TIMEOUT": "20s"}
    desk.flags = {"listen": "127.0.0.1:9"}

    found = shown(desk)

    assert found["keep"] == ("7d", "mediawire.yaml:1")
    assert found["fetch.max_body"] == ("5MB", "mediawire.yaml:3")
    assert found["fetch.timeout"] == ("20s", "MEDIAWIRE_FETCH__TIMEOUT")
    assert found["listen"] == ("127.0.0.1:9", "--listen")
    assert found["fetch.workers"] == ("64", "default")


def test_every_key_of_the_service_is_shown(desk: Desk):
    """`websub` was not."""
    server = "{server: 'localhost:25', to: [a@desk.example], sender: b@desk.example}"
    desk.writes("mediawire.yaml", f"websub: yes\nalerts: {{mail: {server}}}\n")

    found = shown(desk)

    assert found["websub"] == ("true", "mediawire.yaml:1")
    assert {".".join(path) for path in reference.settings()} <= found.keys()


def test_what_is_shown_of_an_ipv6_address_can_be_written_back(desk: Desk):
    desk.writes("mediawire.yaml", 'listen: "[::1]:8080"\n')

    listen, _ = shown(desk)["listen"]
    desk.writes("mediawire.yaml", f'listen: "{listen}"\n')

    assert listen == "[::1]:8080"
    assert desk.reads().listen == ("::1", 8080)


def test_a_host_is_shown_as_it_is_written(desk: Desk):
    desk.writes("mediawire.yaml", 'hosts: {"*.BÜCHER.example": {per_host: 4}}\n')

    place = "mediawire.yaml:1"
    assert shown(desk)["hosts.*.BÜCHER.example.per_host"] == ("4", place)


def test_a_value_that_a_source_takes_over_has_the_place_where_it_stands(desk: Desk):
    desk.writes(
        "sources.yaml",
        """\
defaults:
  interval: 2h
  rights:
    body: excerpt
groups:
  g: {language: fa}
sources:
  - {id: a, url: https://a.example/, group: g, rights: {words: 9}}
""",
    )

    found = shown(desk)

    assert found["sources.a.interval"] == ("2h", "sources.yaml:2")
    assert found["sources.a.rights.body"] == ("excerpt", "sources.yaml:4")
    assert found["sources.a.rights.words"] == ("9", "sources.yaml:8")
    assert found["sources.a.language"] == ("fa", "sources.yaml:6")
    assert found["sources.a.verify_tls"] == ("true", "default")


def test_publications_and_rules_are_shown_by_their_ids(desk: Desk):
    desk.writes(
        "publications.yaml",
        "publications:\n  - {id: w, formats: [rss, json]}\n"
        "rules:\n  r: {kind: shouting, words: [a]}\n",
    )

    found = shown(desk)

    assert found["publications.w.formats"] == ("[rss, json]", "publications.yaml:2")
    assert found["publications.w.select.max_age"] == ("", "default")
    assert found["rules.r.words"] == ("[a]", "publications.yaml:4")


def test_no_secret_is_shown(desk: Desk):
    """A5: header values, credentials, user and password and query values are masked."""
    desk.environ = {"FEED": "https://f.example/SECRET4"}
    desk.writes("mediawire.yaml", "store: postgresql+psycopg://u:SECRET0@h/d")
    desk.writes(
        "sources.yaml",
        """\
sources:
  - id: a
    url: https://user:SECRET1@h.example/f?token=SECRET2
    headers: {X-Key: SECRET3}
    auth: {username: SECRET5, password: SECRET6}
  - {id: b, url: env:FEED}
""",
    )

    found = shown(desk)

    assert "SECRET" not in repr(found)
    assert found["store"][0] == "postgresql+psycopg://***@h/d"
    assert found["sources.a.url"][0] == "https://***@h.example/f?token=***"
    assert found["sources.a.headers.X-Key"] == ("***", "sources.yaml:4")
    assert found["sources.b.url"][0] == "env:FEED"
