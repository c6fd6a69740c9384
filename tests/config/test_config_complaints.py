"""What is wrong with a folder is said all at once, with its place and what to write."""

import os

import pytest
from desk import Desk

from aggregator.config.watch import digest


def test_a_complaint_names_file_line_column_path_and_what_to_write(desk: Desk):
    desk.writes(
        "sources.yaml",
        """\
# what is polled
defaults: {interval: 1h}
sources:
  - id: a
    url: https://a.example/feed
    interval: 30m
  - id: b
    url: https://b.example/feed
    interval: 6h
  - id: c
    url: https://c.example/feed
    title: C
    interval: 5
""",
    )

    assert desk.complaint() == (
        'sources.yaml:13:15: sources.2.interval: "5" has no unit; '
        "write 90s, 30m, 6h or 7d"
    )


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("sources.yaml", "sources"),
        ("sources.d/desk.yaml", "sources"),
        ("publications.yaml", "publications"),
    ],
)
def test_a_file_that_begins_with_its_list_is_told_what_belongs_above(
    desk: Desk, file, key
):
    desk.writes(file, "- id: a\n")

    assert desk.complaint() == (
        f"{file}:1:1: write keys and values, for example `{key}:` with the list below it"
    )


def test_everything_wrong_in_all_files_is_said_at_once(desk: Desk):
    desk.writes("mediawire.yaml", "listen: 80\nfetch: {timeout: 5}\n")
    desk.writes("sources.yaml", "sources:\n  - {id: a, url: a.example, tagz: [x]}\n")
    desk.writes("publications.yaml", "publications:\n  - {id: w, rules: [calm]}\n")

    places = [complaint.split(" ")[0] for complaint in desk.complaints()]

    assert places == [
        "mediawire.yaml:1:9:",
        "mediawire.yaml:2:18:",
        "publications.yaml:2:21:",
        "sources.yaml:2:18:",
        "sources.yaml:2:29:",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("base_url: example.org", '1:11: base_url: "example.org" has no scheme; write https:// in front'),
        ("base_url: https://a.example/?x=1", '1:11: base_url: "https://a.example/?x=1" must be a plain address: no user, no ? and no #'),
        ("contact: ''", "1:10: contact: is empty; write a page or mail address of yours"),
        ("contact:", "1:9: contact: is empty; write a page or mail address of yours"),
        ("contact: us", '1:10: contact: "us" is neither a web nor a mail address; write https://your.site/about or desk@your.site'),
        ("contact: https://me:pw@a.example/", '1:10: contact: "https://***@a.example/" is shown to readers; take user and password out of it'),
        ("listen: 8080", '1:9: listen: "8080" is not host:port; write 127.0.0.1:8080'),
        ("listen: 127.0.0.1:http", '1:9: listen: "http" is no port; write a number up to 65535'),
        ("listen: 127.0.0.1:99999", '1:9: listen: "99999" is no port; write a number up to 65535'),
        ("keep: 90 days", '1:7: keep: "90 days" is no duration; write 90s, 30m, 6h or 7d'),
        ("keep: 0s", '1:7: keep: "0s" is too short; write at least 1s'),
        ("keep: 999999d", '1:7: keep: "999999d" is longer than a century'),
        ("store: mysql://a:pw@b/c", '1:8: store: "mysql://***@b/c" is no store; write sqlite:///data/mediawire.db or postgresql+psycopg://user@host/database'),
        ("store: postgresql://b/a c", '1:8: store: "postgresql://b/a c" is no store; write sqlite:///data/mediawire.db or postgresql+psycopg://user@host/database'),
        ("store: postgresql+psycopg://a:p@w@b/c", '1:8: store: "postgresql+psycopg://***@b/c" has a wrong host or port; in a user or password, @ is written %40'),
        ("store: postgresql://a:p/w@b:sql/c", '1:8: store: "postgresql://***@b:sql/c" has a wrong host or port; in a user or password, @ is written %40'),
        ("fetch: 30s", "1:8: fetch: write keys and values below it, each as key: value"),
        ("fetch: {max_body: 5}", '1:19: fetch.max_body: "5" has no unit; write 512KB, 5MB or 1GB'),
        ("fetch: {max_body: 0MB}", '1:19: fetch.max_body: "0MB" leaves room for nothing; write 512KB, 5MB or 1GB'),
        ("fetch: {max_body: 5 MB}", '1:19: fetch.max_body: "5 MB" is no size; write 512KB, 5MB or 1GB'),
        ("fetch: {max_body: 1025GB}", '1:19: fetch.max_body: "1025GB" is too much; write at most 1024GB'),
        ("fetch: {timeout: 25h}", '1:18: fetch.timeout: "25h" is too long; write at most 1d'),
        ("reading: {max_memory: 1025GB}", '1:23: reading.max_memory: "1025GB" is too much; write at most 1024GB'),
        ("reading: {max_memory: 1KB}", '1:23: reading.max_memory: "1KB" is too little to read a feed in; write at least 64MB'),
        ("fetch: {workers: 0}", "1:18: fetch.workers: 0 is out of bounds; write a number from 1 to 100,000"),
        ("fetch: {workers: many}", '1:18: fetch.workers: "many" is no whole number from 1 to 100,000'),
        ("fetch: {timeout: [30s]}", "1:18: fetch.timeout: write one text here, not a list or a mapping"),
        ("fetch: {allow_private: 10.0.0.0/8}", "1:24: fetch.allow_private: write a list, for example [one, two]"),
        ("fetch: {allow_private: [10.1.2.3/24]}", '1:25: fetch.allow_private.0: "10.1.2.3/24" has bits beyond its mask; write 10.1.2.0/24'),
        ('fetch: {allow_private: ["[::1]:0"]}', '1:25: fetch.allow_private.0: "[::1]:0" names no port; a network allows all of its ports: 127.0.0.0/8'),
        ("fetch: {allow_private: [intranet]}", '1:25: fetch.allow_private.0: "intranet" is neither a network such as 10.1.2.0/24 nor host:port'),
        ("fetch: {timeouts: 30s}", "1:9: fetch.timeouts: unknown key; did you mean timeout?"),
        ("BASE_URL: http://a.example/", "1:1: BASE_URL: unknown key; did you mean base_url?"),
        ("fecth:", "1:1: fecth: unknown key; did you mean fetch?"),
        ("<<: {keep: 1d}", "1:1: <<: unknown key; mappings are not merged here: write the keys out, or let sources share them by `defaults` or a group"),
        ("hosts: {https://a.example/: {per_host: 2}}", '1:9: hosts.https://a.example/: "https://a.example/" is no host; write example.org or "*.example.org"'),
        ("hosts: {a..example: {per_host: 2}}", '1:9: hosts.a..example: "a..example" is no host; write example.org or "*.example.org"'),
        ("hosts: {.a.example: {per_host: 2}}", '1:9: hosts..a.example: ".a.example" is no host; write example.org or "*.example.org"'),
        ("hosts: {a.example: {spacing: 1}}", '1:30: hosts.a.example.spacing: "1" has no unit; write 90s, 30m, 6h or 7d'),
    ],
)  # fmt: skip
def test_a_wrong_value_of_the_service_is_explained(desk: Desk, text, complaint):
    desk.writes("mediawire.yaml", text)

    assert desk.complaint() == f"mediawire.yaml:{complaint}"


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ("verify_tls: perhaps", '4:17: sources.0.verify_tls: "perhaps" is neither true nor false'),
        ("language: persian", '4:15: sources.0.language: "persian" is no language tag; write en, fa or pt-BR'),
        ("timezone: Asia/Teheran", '4:15: sources.0.timezone: "Asia/Teheran" is no time zone such as Asia/Tehran or UTC; did you mean Asia/Tehran?'),
        ("timezone: Nowhere", '4:15: sources.0.timezone: "Nowhere" is no time zone such as Asia/Tehran or UTC'),
        ("paused: {until: soon}", '4:21: sources.0.paused.until: "soon" is no time; write 2026-12-31 or 2026-12-31T18:00:00Z'),
        ("rights: {body: ful}", '4:20: sources.0.rights.body: "ful" is not known; did you mean full?'),
        ("rights: {license: CC BY}", '4:23: sources.0.rights.license: "CC BY" holds a blank or control character; write %20'),
        ("site: https://me:pw@a.example/", '4:11: sources.0.site: "https://***@a.example/" is shown to readers; take user and password out of it'),
        ("rights: {license: https://me@a.example/by}", '4:23: sources.0.rights.license: "https://***@a.example/by" is shown to readers; take user and password out of it'),
        ("site: https://a|b.example/", '4:11: sources.0.site: "https://a|b.example/" has a wrong host'),
        ("site: https://-ü-.example:80/", '4:11: sources.0.site: "https://-ü-.example:80/" has a wrong host'),
        ("auth: {username: me}", "4:11: sources.0.auth.password: is missing"),
        ("headers: {Host: b.example}", "4:15: sources.0.headers.Host: Host is set by the program itself; take it out"),
        ('headers: {X-A: "a\\nb"}', "4:20: sources.0.headers.X-A: the value holds a line end or control character"),
        ("headers: {'a b': c}", '4:15: sources.0.headers.a b: "a b" is no header name'),
        ("tags: [a, '']", "4:15: sources.0.tags.1: is empty; write a text, or take the key out"),
        ("title: ''", "4:12: sources.0.title: is empty; write a text, or take the key out"),
        ("interval: 0s", '4:15: sources.0.interval: "0s" is too short; write at least 1s'),
        ("group: persia", '4:12: sources.0.group: there is no group "persia"; did you mean persian?'),
        ("rules: [calm]", '4:13: sources.0.rules.0: there is no rule "calm"'),
        ("title:\n    intervall:", "5:5: sources.0.intervall: unknown key; did you mean interval?"),
    ],
)  # fmt: skip
def test_a_wrong_value_of_a_source_is_explained(desk: Desk, keys, complaint):
    source = f"  - id: a\n    url: https://a.example/\n    {keys}\n"
    desk.writes("sources.yaml", f"sources:\n{source}groups: {{persian: }}\n")

    assert desk.complaint() == f"sources.yaml:{complaint}"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("a.example/feed", "has no scheme; write https:// in front"),
        ("me:pw@a.example/feed", "has no scheme; write https:// in front"),
        ("ftp://a.example/feed", "begins with ftp:, which is not read here; write http or https"),
        ("https://", "names no host"),
        ("https:///feed", "names no host"),
        ("https://me:pw@/feed", "names no host"),
        ("https://[::1/feed", "has a wrong host"),
        ("https://a..example/feed", "has a wrong host: a dot too many"),
        ("https://me:pw@.a.example/", "has a wrong host: a dot too many"),
        ("https://a.example:port/", "has a wrong port"),
        ("https://a.example:99999/", "has a wrong port"),
        ("https://a.example/a b", "holds a blank or control character; write %20"),
        ("https://a.example\\\\@b.example/", "names no host"),
        ("file:", "names no file; write file:feeds/one.xml"),
        ("file://server/feed.xml", "is on another machine; write file:///folder/feed.xml, or file:feed.xml for a file beside the config"),
    ],
)  # fmt: skip
def test_a_bad_address_is_explained_without_its_credentials(desk: Desk, url, reason):
    desk.writes("sources.yaml", f'sources:\n  - {{id: a, url: "{url}"}}\n')

    complaint = desk.complaint()

    assert complaint.endswith(f'" {reason}')
    assert "pw" not in complaint


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("publications: [{title: x}]", "1:16: publications.0.id: is missing"),
        ("publications: [x]", "1:16: publications.0: write keys and values below it, each as key: value"),
        ("publications: {id: w}", "1:15: publications: write a list, for example [one, two]"),
        ("publications: [{id: w, formats: [rss, jsn]}]", '1:39: publications.0.formats.1: there is no format "jsn"; did you mean json?'),
        ("publications: [{id: w, formats: []}]", "1:33: publications.0.formats: is empty; write at least one, or take the key out"),
        ("publications: [{id: w, select: {sources: [a]}}]", '1:43: publications.0.select.sources.0: there is no source "a"'),
        ("publications: [{id: w.rss}]", '1:21: publications.0.id: "w.rss" ends like a format, and would share the address of the rss of another publication; take the .rss off'),
        ("rules: {r: {kind: shoutin}}", '1:19: rules.r.kind: there is no kind of rule "shoutin"; did you mean shouting?'),
        ("rules: {r: {words: [a]}}", "1:12: rules.r.kind: is missing"),
        ("rules: {r: }", "1:12: rules.r.kind: is missing"),
    ],
)  # fmt: skip
def test_a_wrong_value_of_a_publication_is_explained(desk: Desk, text, complaint):
    desk.writes("publications.yaml", text)

    assert desk.complaint() == f"publications.yaml:{complaint}"


def test_what_a_kind_of_rule_says_of_its_options_carries_places(desk: Desk):
    desk.writes(
        "publications.yaml",
        "rules:\n  r:\n    kind: shouting\n    words: [soft, LOUD]\n    volume: {a: b}\n",
    )

    assert desk.complaints() == [
        "publications.yaml:4:19: rules.r.words.1: too loud",
        "publications.yaml:5:5: rules.r.volume: unknown option",
    ]


def test_an_option_whose_name_holds_a_dot_is_found(desk: Desk):
    desk.kinds["dotted"] = lambda _: [("a.b.c", "wrong")]
    desk.writes("publications.yaml", "rules:\n  r: {kind: dotted, a: x, a.b: {c: x}}\n")

    assert desk.complaint() == "publications.yaml:2:36: rules.r.a.b.c: wrong"


def test_the_same_id_twice_names_both_places(desk: Desk):
    desk.writes("sources.yaml", "sources:\n  - {id: a, url: https://a.example/}\n")
    desk.writes("sources.d/b.yaml", "sources:\n  - {id: a, url: https://b.example/}\n")
    desk.writes("publications.yaml", "publications: [{id: w}, {id: w}]\n")

    assert desk.complaints() == [
        (
            'publications.yaml:1:30: publications.1.id: "w" is already the publication at '
            "publications.yaml:1:21"
        ),
        (
            'sources.d/b.yaml:2:10: sources.0.id: "a" is already the source at '
            "sources.yaml:2:10"
        ),
    ]


def test_a_group_that_stands_in_two_files_names_both_places(desk: Desk):
    desk.writes("sources.yaml", "groups:\n  g: {tags: [a]}\n")
    desk.writes("sources.d/b.yaml", "groups:\n  g: {tags: [b]}\n")

    assert desk.complaint() == (
        'sources.d/b.yaml:2:3: groups.g: "g" is already the group at sources.yaml:2:3'
    )


def test_the_same_source_by_an_alias_names_the_line_of_the_alias(desk: Desk):
    desk.writes(
        "sources.yaml",
        "sources:\n  - &x {id: a, url: https://a.example/}\n  - *x\n",
    )

    assert desk.complaint() == (
        'sources.yaml:3:5: sources.1.id: "a" is already the source at sources.yaml:2:13'
    )


def test_what_an_editor_hides_beside_a_file_is_not_read(desk: Desk):
    desk.writes("sources.d/b.yaml", "sources:\n  - {id: b, url: https://b.example/}\n")
    for hidden in (".#b.yaml", ".#b.opml"):
        (desk.folder / "sources.d" / hidden).symlink_to("somebody@host.1234:1")
    desk.writes("sources.d/._b.yaml", "\x00\x05\x16\x07")

    assert [source.id for source in desk.reads().sources] == ["b"]


def test_a_complaint_is_one_line_whatever_was_written(desk: Desk):
    desk.writes(
        "sources.yaml", 'sources: [{id: "a\\nb\\u202e", url: "https://a.example"}]'
    )

    assert "\\nb\\u202e" in desk.complaint()
    assert "\n" not in desk.complaint()


def test_a_complaint_shows_no_more_than_the_ends_of_a_long_value(desk: Desk):
    desk.writes("sources.yaml", "sources: []")
    wrong = desk.writes("passwords", "root:x:0\n" * 200 + "SECRET:x:1\n" * 9000)
    desk.environ = {"MEDIAWIRE_CONTACT_FILE": str(wrong)}

    assert desk.complaint().startswith('MEDIAWIRE_CONTACT_FILE: contact: "root:x:0')
    assert desk.complaint().endswith("write https://your.site/about or desk@your.site")
    assert len(desk.complaint()) < 500


def test_a_rule_that_is_wrong_is_not_said_to_be_missing(desk: Desk):
    desk.writes(
        "publications.yaml",
        "publications: [{id: wire, rules: [calm]}]\nrules:\n  calm: shouting\n",
    )

    assert desk.complaint() == (
        "publications.yaml:3:9: rules.calm: write keys and values below it, each as "
        "key: value"
    )


def test_a_file_that_cannot_be_read_hides_only_what_depends_on_it(desk: Desk):
    desk.writes("sources.yaml", "sources: [")
    desk.writes(
        "publications.yaml", "publications: [{id: w, limit: 0, select: {sources: [a]}}]"
    )

    files = [complaint.split(":")[0] for complaint in desk.complaints()]

    assert files == ["publications.yaml", "sources.yaml"]


def test_a_folder_that_does_not_exist_says_how_to_begin(desk: Desk):
    desk.folder = desk.folder / "nowhere"

    assert desk.complaint() == (
        f"{desk.folder}: there is no such folder; "
        f"`mediawire config init {desk.folder}` writes one to start from"
    )


def test_a_file_where_the_folder_is_wanted_names_the_folder(desk: Desk):
    desk.writes("mediawire.yaml", "keep: 9d\n")
    folder, desk.folder = desk.folder, desk.folder / "mediawire.yaml"

    assert desk.complaint() == (
        f"{desk.folder}: this is a file, and the config is a folder; write -c {folder}"
    )


def test_a_folder_of_something_else_says_how_to_begin(desk: Desk):
    desk.writes("docker-compose.yaml", "services: {}")

    assert "holds none of mediawire.yaml, sources.yaml" in desk.complaint()
    assert "mediawire config init" in desk.complaint()


def test_a_file_that_is_a_folder_is_a_complaint(desk: Desk):
    (desk.folder / "sources.yaml").mkdir()

    assert desk.complaint() == "sources.yaml: cannot be read: is a directory"


@pytest.mark.parametrize("name", ["sources.yaml", "sources.d/a.yaml", "sources.d"])
def test_a_link_to_a_disk_that_is_away_does_not_take_its_sources_out(desk: Desk, name):
    desk.writes("mediawire.yaml", "keep: 7d\n")
    (desk.folder / name).parent.mkdir(exist_ok=True)
    (desk.folder / name).symlink_to(desk.folder / "away")

    said = "cannot be read: it is a link to something that is not there"
    assert desk.complaint().endswith(f"{name}: {said}")


def test_nobody_waits_for_a_pipe_that_nobody_writes_into(desk: Desk, monkeypatch):
    """A service that did would follow its config no more; what has no end is as bad."""
    monkeypatch.setattr("aggregator.config.files.PATIENCE", 0.1)
    desk.writes("sources.yaml", "sources: []")
    (desk.folder / "sources.d").mkdir()
    os.mkfifo(desk.folder / "sources.d" / "a.yaml")
    (desk.folder / "sources.d" / "b.opml").symlink_to("/dev/zero")

    assert desk.complaints() == [
        "sources.d/a.yaml: cannot be read: it is a pipe, and nobody writes into it",
        "sources.d/b.opml: cannot be read: it is not a plain file",
    ]
    assert digest(desk.folder) != digest(desk.folder / "sources.d")


def test_a_folder_that_may_not_be_read_says_so(desk: Desk, monkeypatch):
    desk.writes("mediawire.yaml", "keep: 7d\n")
    monkeypatch.setattr("os.access", lambda _path, _mode: False)  # root may always

    assert desk.complaint() == f"{desk.folder}: cannot be read: permission denied"


def test_the_name_of_a_file_breaks_no_line(desk: Desk):
    desk.writes("sources.d/a\nb.yaml", "sources: [{id: a, url: nowhere}]")

    assert desk.complaint().startswith("sources.d/a\\nb.yaml:1:24: sources.0.url: ")
