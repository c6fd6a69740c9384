"""Secrets come from elsewhere, are never shown, and are missed when they lie open."""

import os
import threading

import pytest
from desk import Desk

from aggregator.config import masked
from aggregator.config.masking import secrets
from aggregator.reading.address import public

LITERAL = """\
sources:
  - id: a
    url: https://user:SECRETPW@h.example/f?token=SECRETTOK
    headers: {X-Api-Key: SECRETKEY}
    auth: {username: me, password: SECRETPASS}
"""


def test_a_secret_comes_from_the_environment_or_a_file(desk: Desk):
    """A7: both ways work."""
    desk.environ = {"KEY": "k3y", "FEED": "https://h.example/s3cret"}
    desk.writes("password", "pa55\n").chmod(0o600)
    desk.writes(
        "sources.yaml",
        """\
sources:
  - id: a
    url: env:FEED
    headers: {X-Api-Key: "env:KEY"}
    auth: {username: me, password: "file:password"}
""",
    )

    source = desk.source("a")

    assert source.url == "https://h.example/s3cret"
    assert source.headers == (("X-Api-Key", "k3y"),)
    assert source.auth
    assert source.auth.password == "pa55"
    assert not [w for w in desk.reads().warnings if "secrets" in w]


def test_a_file_of_a_secret_that_everybody_can_read_is_warned_of(
    desk: Desk, monkeypatch
):
    """A7: and not where a container runtime puts it, which opens it to all inside."""
    secret = desk.writes("password", "pa55\n")
    desk.writes(
        "sources.yaml",
        "sources: [{id: a, url: https://a.example/, "
        'auth: {username: me, password: "file:password"}}]\n',
    )
    secret.chmod(0o644)
    [warning] = [w for w in desk.reads().warnings if "secret" in w]
    secret.chmod(0o640)

    assert warning == (
        f"{secret} is a secret and everybody on this machine can read it; "
        f"run `chmod o-r {secret}`"
    )
    assert not [w for w in desk.reads().warnings if "secret" in w]
    secret.chmod(0o644)
    monkeypatch.setattr("aggregator.config.cautions._MOUNTED", desk.folder.resolve())
    assert not [w for w in desk.reads().warnings if "secret" in w]
    open_ = desk.writes("contact", "https://press.example/about")
    open_.chmod(0o644)
    desk.environ = {"MEDIAWIRE_CONTACT_FILE": str(open_)}
    assert not [w for w in desk.reads().warnings if "secret" in w]


def test_a_missing_secret_is_a_complaint_that_names_where_it_was_looked_for(desk: Desk):
    desk.writes(
        "sources.yaml",
        "sources:\n  - {id: a, url: https://a.example/, "
        'auth: {username: "env:NOBODY", password: "file:nothing"}}\n',
    )

    assert [complaint.partition("auth.")[2] for complaint in desk.complaints()] == [
        "username: the environment has no variable 'NOBODY'",
        "password: the file 'nothing' cannot be read: no such file or directory",
    ]


def test_a_secret_address_that_is_none_is_not_shown(desk: Desk):
    """A5: not in a complaint either."""
    desk.environ = {"FEED": "SECRETPATH/feed"}
    desk.writes("sources.yaml", "sources: [{id: a, url: env:FEED}]")

    assert "what env:FEED holds is no address of a feed" in desk.complaint()
    assert "SECRET" not in desk.complaint()


@pytest.mark.parametrize("password", ["SECRET", "SEC/RET", "SEC#RET"])
def test_a_store_whose_password_everybody_can_read_is_warned_of(desk: Desk, password):
    """It ends at the first @, as SQLAlchemy has it, whatever stands in it."""
    store = f"postgresql://me:{password}@db.example/wire"
    desk.writes("mediawire.yaml", f"store: '{store}'").chmod(0o644)

    assert any("mediawire.yaml holds secrets" in w for w in desk.reads().warnings)


def test_literal_secrets_that_everybody_can_read_are_warned_of(desk: Desk):
    """A7: a warning on open permissions, with the command that closes them."""
    path = desk.writes("sources.yaml", LITERAL)
    path.chmod(0o644)

    [warning] = [w for w in desk.reads().warnings if "secrets" in w]

    assert warning.startswith("sources.yaml holds secrets")
    assert f"chmod o-r {path}" in warning


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("sources.yaml", "sources:\n- {id: a, url: 'https//u:SECRET@h.example/f'}\n"),
        ("sources.yaml", "sources:\n- {id: a, url: 'file://u:SECRET@h.example/f'}\n"),
        ("sources.yaml", "sources:\n- auth: {username: u, password: *SECRET}\n"),
        ("sources.yaml", "sources:\n- auth: {password: !SECRET x}\n"),
        ("mediawire.yaml", "alerts: {mail: {server: 'u:SECRET@h.example:25'}}\n"),
    ],
)
def test_a_secret_that_is_written_wrong_is_not_repeated_by_the_complaint(
    desk: Desk, file, text
):
    """A5: neither string in any exception text."""
    desk.writes(file, text)

    complaints = desk.complaints()

    assert complaints
    assert "SECRET" not in "".join(complaints)


def test_literal_secrets_that_only_we_can_read_are_fine(desk: Desk):
    """A7: no warning where permissions are not open."""
    desk.writes("sources.yaml", LITERAL).chmod(0o640)

    assert not [w for w in desk.reads().warnings if "secrets" in w]


@pytest.mark.parametrize(
    ("query", "warned"), [("session=0x9f", True), ("author=5&keyword=rain", False)]
)
def test_what_is_hidden_of_an_address_is_what_is_warned_of(desk: Desk, query, warned):
    """A7: two lists of what a secret is called did not agree."""
    address = f"https://h.example/f?{query}"
    path = desk.writes("sources.yaml", f"sources:\n- {{id: a, url: '{address}'}}\n")
    path.chmod(0o644)

    assert any("holds secrets" in w for w in desk.reads().warnings) == warned
    assert (masked(address) != address) == warned


def test_no_warning_shows_a_secret(desk: Desk):
    """A5: not in a warning either."""
    desk.writes("sources.yaml", LITERAL).chmod(0o644)

    assert "SECRET" not in repr(desk.reads().warnings)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@h.example/f?token=b&c", "https://***@h.example/f?token=***&***"),
        ("https://h.example/f?t0ken", "https://h.example/f?***"),
        ("u:p@h.example/f", "***@h.example/f"),
        ("https//u:p@h.example/f", "***@h.example/f"),
        ("//u:p@h.example/f", "***@h.example/f"),
        ("https:////u:p@h.example/f", "https://***@h.example/f"),
        ("h.example/@user", "h.example/@user"),
        ("https://u:p/w@h.example/f", "https://***@h.example/f"),
        ("https://h.example:8080/@user", "https://h.example:8080/@user"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://***@h/d"),
        ("https://h.example/", "https://h.example/"),
        (
            "https://h.example/f?x=1&X-Amz-Signature=s",
            "https://h.example/f?x=1&X-Amz-Signature=***",
        ),
        (
            "https://h.example/f?t%6Fken=s;apikey=s",
            "https://h.example/f?t%6Fken=***;apikey=***",
        ),
        (
            "https://h.example/f?of=https%3A%2F%2Fu%3Ap%40x%2F",
            "https://h.example/f?of=***",
        ),
        ("https://h.example/f?a=b#token=s", "https://h.example/f?a=b#***"),
        ("https://h.example/f#s", "https://h.example/f#***"),
        ("https://u:p#w@h.example/f", "https://***@h.example/f"),
        ("postgresql+psycopg://u:p?w@h:5432/d", "postgresql+psycopg://***@h:5432/d"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(url, shown):
    """A5: user, password, and what may be one in a query."""
    assert masked(url) == shown


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("https://user:pa%23ss@h.example/f?token=b%2Bc&x=1", {"pa%23ss", "pa#ss"}),
        ("https://user:pass@h.example/f?token=b%2Bc", {"pass", "b%2Bc", "b+c"}),
        ("https://k3y@h.example/f?t0ken", {"k3y", "t0ken"}),
        ("https://h.example/f?language=en#top", set()),
        ("file:///srv/feed.xml", set()),
    ],
)
def test_what_is_secret_in_an_address_is_known_as_written_and_as_meant(url, hidden):
    """A5: but not a user who has a password: sentences hold such words."""
    assert hidden <= set(secrets(url))
    assert not {"user", "1", "en"} & set(secrets(url))


@pytest.mark.parametrize(
    "query",
    ["language=en", "cat=guncel", "format=xml&id=55", "author=5&keyword=rain", "q="],
)
def test_what_cannot_be_a_secret_is_shown_as_it_is_written(query):
    assert masked(f"https://h.example/f?{query}") == f"https://h.example/f?{query}"


LEFT_OUT = """
    access_token apikey client-secret password passwd passphrase pwd pass auth hmac hash
    authorization signature sig jwt credential credentials session PHPSESSID sid
    cookie auth_cookie otp pin user_pin
"""


@pytest.mark.parametrize("name", LEFT_OUT.split())
def test_what_feeds_leave_out_is_masked_wherever_an_operator_looks(name):
    """A5: one rule for both."""
    url = f"https://h.example/f?{name}=SECRET"

    assert public(url) == "https://h.example/f"
    assert "SECRET" not in masked(url)


def test_it_is_known_in_which_files_secrets_are_kept(desk: Desk):
    desk.writes("pw", "long-and-secret")
    desk.writes("token", "0123456789abcdef")
    desk.writes("mediawire.yaml", "console: {token: file:token}")
    auth = "auth: {username: u, password: file:pw}, headers: {X-Key: file:pw}"
    desk.writes(
        "sources.yaml", f"sources: [{{id: a, url: 'https://h.example', {auth}}}]"
    )

    kept = desk.reads().secret_files

    assert sorted(path.name for path in kept) == ["pw", "token"]
    assert all(path.is_absolute() for path in kept)


def test_a_secret_may_come_through_a_pipe_that_somebody_writes_into(
    desk: Desk, monkeypatch
):
    """Who reloads the config waits for nobody."""
    desk.writes("mediawire.yaml", "console: {token: file:token}")
    pipe = desk.folder / "token"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("0123456789abcdef\n",))
    writer.start()
    assert desk.reads().console.token_digest
    writer.join()
    monkeypatch.setattr("aggregator.config.secret.PATIENCE", 0.1)

    assert desk.complaint() == (
        "mediawire.yaml:1:18: console.token: the file 'token' cannot be read: "
        "it is a pipe, and nobody writes into it"
    )


def test_a_pipe_that_was_emptied_holds_no_empty_secret(desk: Desk):
    """A service that read its config again went on with an empty password."""
    end, beginning = os.pipe()
    os.write(beginning, b"secret\n")
    os.close(beginning)
    key = f"headers: {{X-Key: file:/dev/fd/{end}}}"
    desk.writes("sources.yaml", f"sources: [{{id: a, url: https://a.example/, {key}}}]")

    assert desk.reads().sources[0].headers == (("X-Key", "secret"),)
    assert desk.complaint().endswith(
        f"the file '/dev/fd/{end}' cannot be read: "
        "it is a pipe, and nothing comes out of it"
    )
    os.close(end)


def test_a_file_that_a_variable_names_is_followed_and_missed_when_all_can_read_it(
    desk: Desk,
):
    """A7: as one of `file:PATH` is; a title is no secret, and followed all the same."""
    desk.writes("sources.yaml", "sources: []")
    token, title = desk.writes("token", "0123456789abcdef"), desk.writes("title", "T")
    token.chmod(0o644)
    title.chmod(0o644)
    desk.environ = {
        "MEDIAWIRE_CONSOLE__TOKEN_FILE": str(token),
        "MEDIAWIRE_TITLE_FILE": str(title),
    }

    config = desk.reads()

    assert {token, title} == set(config.secret_files)
    [warning] = [w for w in config.warnings if "is a secret" in w]
    assert warning.startswith(f"{token} is a secret")


@pytest.mark.parametrize("name", ["code", "keyset", "tokens", "session_id"])
def test_what_may_be_something_else_is_left_out_where_it_is_long(name):
    """A5: a language is seldom eight letters long, and a secret never shorter."""
    feed = "https://h.example/f"

    assert public(f"{feed}?{name}=SECRETTOK&a=1") == f"{feed}?a=1"
    assert public(f"{feed}?{name}=fr") == f"{feed}?{name}=fr"
    assert "SECRETTOK" not in masked(f"{feed}?{name}=SECRETTOK")
