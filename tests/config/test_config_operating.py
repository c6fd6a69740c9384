"""Who may open the console, and where alerts are told."""

import pytest
from desk import Desk

from aggregator.config.secret import token_digest
from aggregator.config.show import settings

TOKEN = "0123456789abcdef-SECRET"


@pytest.mark.parametrize(
    "written", [TOKEN, "env:TOKEN", "file:token"], ids=["here", "env", "file"]
)
def test_a_token_is_kept_as_its_digest_wherever_it_comes_from(desk: Desk, written):
    """A3, A7: stored hashed; environment and file both work."""
    desk.environ = {"TOKEN": TOKEN}
    desk.writes("token", TOKEN + "\n")
    desk.writes("mediawire.yaml", f"console: {{token: '{written}'}}")

    config = desk.reads()

    assert config.console.token_digest == token_digest(TOKEN)
    assert "SECRET" not in repr(config)


def test_a_token_can_be_set_for_one_machine(desk: Desk):
    desk.writes("mediawire.yaml", "")
    desk.environ = {"MEDIAWIRE_CONSOLE__TOKEN": TOKEN}

    assert desk.reads().console.token_digest == token_digest(TOKEN)


@pytest.mark.parametrize("kept", [f"{TOKEN} \n", f"\n{TOKEN}\n\n", f"\t{TOKEN}"])
def test_blanks_around_a_token_are_no_part_of_it(desk: Desk, kept):
    """No program could send them: a header ends before its last blank."""
    desk.writes("token", kept)
    desk.writes("mediawire.yaml", "console: {token: file:token}")

    assert desk.reads().console.token_digest == token_digest(TOKEN)


@pytest.mark.parametrize("token", ["short", "a" * 15, "ü" * 20, "a b\tc" * 9])
def test_what_is_no_token_is_refused_and_not_repeated(desk: Desk, token):
    desk.environ = {"TOKEN": token}
    desk.writes("mediawire.yaml", "console: {token: env:TOKEN}")

    complaint = desk.complaint()

    assert complaint.startswith("mediawire.yaml:1:18: console.token: is no token")
    assert token not in complaint


def test_alerts_go_where_the_operator_says(desk: Desk):
    desk.environ = {"HOOK": "https://hooks.example/SECRET"}
    desk.writes(
        "mediawire.yaml",
        "alerts:\n  webhook: env:HOOK\n"
        "  mail: {sender: wire@a.example, to: [desk@a.example], server: 'mx:587',"
        " tls: starttls, username: u, password: SECRET}\n",
    )

    alerts = desk.reads().alerts

    assert alerts.webhook == "https://hooks.example/SECRET"
    assert alerts.mail
    assert (alerts.mail.to, alerts.mail.server) == (("desk@a.example",), ("mx", 587))
    assert (alerts.mail.tls, alerts.mail.password) == ("starttls", "SECRET")
    assert "SECRET" not in repr(desk.reads())


@pytest.mark.parametrize(
    ("said", "warns"),
    [
        ("websub: true", True),
        ("{websub: yes, base_url: 'http://localhost:80/wire'}", True),
        ("{websub: true, base_url: 'https://wire.example'}", False),
        ("websub: false", False),
        ("", False),
    ],
)
def test_an_address_that_no_hub_reaches_is_mentioned(desk: Desk, said, warns):
    desk.writes("mediawire.yaml", said)

    assert any("no hub reaches" in w for w in desk.reads().warnings) == warns


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("webhook: ftp://h/", "begins with ftp:"),
        ("webhook: env:BAD", "what env:BAD holds is no address of a webhook"),
        ("webhook: 'https://hooks.example:port/SECRET'", "it has a wrong port"),
        ("webhook: https://SECRET..hooks.example/", "a dot too many"),
        ("mail: {to: [a@b.example]}", "sender"),
        ("mail: {sender: a@b.example, to: []}", "to"),
        ("mail: {sender: 'A <a@b.example>', to: [a@b.example]}", "no mail address"),
        ("mail: {sender: a@b.example, to: [a@b.example], tls: ssl}", "is not known"),
    ],
)
def test_what_nobody_can_be_told_by_is_refused(desk: Desk, said, wrong):
    desk.environ = {"BAD": "SECRET"}
    desk.writes("mediawire.yaml", f"alerts:\n  {said}\n")

    complaint = desk.complaint()

    assert wrong in complaint
    assert "secret" not in complaint.lower()


@pytest.mark.parametrize(
    "said",
    [
        f"console: {{token: {TOKEN}}}",
        "alerts: {webhook: https://hooks.example/SECRET}",
        "alerts: {mail: {sender: a@b.example, to: [a@b.example], password: SECRET}}",
    ],
)
def test_secrets_are_shown_nowhere_and_missed_when_everybody_can_read_them(
    desk: Desk, said
):
    """A5, A7: masked in `config show`; open permissions are mentioned."""
    path = desk.writes("mediawire.yaml", said)
    path.chmod(0o644)

    shown = [str(setting) for setting in settings(desk.loaded())]

    assert any("holds secrets" in warning for warning in desk.reads().warnings)
    assert "***" in "".join(shown)
    assert "SECRET" not in "".join(shown)
