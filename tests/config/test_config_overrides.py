"""Flag goes over environment, environment over file, file over default."""

from datetime import timedelta

import pytest
from desk import Desk

from aggregator.config import listening


def test_each_goes_over_the_next(desk: Desk):
    desk.writes(
        "mediawire.yaml", "listen: 127.0.0.1:1\nfetch: {timeout: 1s, workers: 1}\n"
    )
    desk.environ = {"MEDIAWIRE_LISTEN": "127.0.0.1:2", "MEDIAWIRE_FETCH__TIMEOUT": "2s"}
    desk.flags = {"listen": "127.0.0.1:3"}

    config = desk.reads()

    assert config.listen == ("127.0.0.1", 3)
    assert config.fetch.timeout == timedelta(seconds=2)
    assert config.fetch.workers == 1
    assert config.fetch.max_body == 10 * 1024 * 1024


def test_a_variable_needs_no_file(desk: Desk):
    desk.writes("sources.yaml", "")
    desk.environ = {"MEDIAWIRE_BASE_URL": "https://wire.example"}

    assert desk.reads().base_url == "https://wire.example"


def test_a_variable_can_name_a_file_that_holds_the_value(desk: Desk):
    """A7: a secret comes from a file as well as from the environment."""
    desk.writes("mediawire.yaml", "")
    secret = desk.writes("../store", "postgresql+psycopg://u:pw@h/d\n")
    desk.environ = {"MEDIAWIRE_STORE_FILE": str(secret)}

    assert desk.reads().store == "postgresql+psycopg://u:pw@h/d"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.0.0.0/8, localhost:81", ("10.0.0.0/8", "localhost:81")),
        ("[10.0.0.0/8]", ("10.0.0.0/8",)),
        (
            "[10.0.0.0/8, \"localhost:81\", '[::1]:82']",
            ("10.0.0.0/8", "localhost:81", "[::1]:82"),
        ),
        ("[::1]:82,[::1]:83", ("[::1]:82", "[::1]:83")),
        ("[]", ()),
        ("", ()),
    ],
)
def test_a_list_is_written_with_commas_or_as_in_the_file(desk: Desk, text, found):
    desk.writes("mediawire.yaml", "fetch: {allow_private: [10.1.2.0/24]}")
    desk.environ = {"MEDIAWIRE_FETCH__ALLOW_PRIVATE": text}

    assert desk.reads().fetch.allow_private == found


def test_a_wrong_variable_is_named_in_the_complaint(desk: Desk):
    desk.writes("mediawire.yaml", "fetch: {timeout: 9s}")
    desk.environ = {
        "MEDIAWIRE_FETCH__TIMEOUT": "5",
        "MEDIAWIRE_STORE_FILE": "/nowhere/store",
    }

    assert desk.complaints() == [
        (
            'MEDIAWIRE_FETCH__TIMEOUT: fetch.timeout: "5" has no unit; '
            "write 90s, 30m, 6h or 7d"
        ),
        (
            "MEDIAWIRE_STORE_FILE: store: the file '/nowhere/store' cannot be read: "
            "no such file or directory"
        ),
    ]


def test_a_wrong_flag_is_named_in_the_complaint(desk: Desk):
    desk.writes("mediawire.yaml", "")
    desk.flags = {"listen": "80"}

    assert desk.complaint().startswith('--listen: listen: "80" is not host:port')


def test_a_variable_that_looks_misspelt_is_mentioned(desk: Desk):
    desk.writes("mediawire.yaml", "")
    desk.environ = {"MEDIAWIRE_FETCH_TIMEOUT": "5s", "MEDIAWIRE_CONFIG": "x"}

    [warning] = [w for w in desk.reads().warnings if "variable" in w]

    assert warning.endswith("did you mean MEDIAWIRE_FETCH__TIMEOUT?")


def test_a_variable_of_a_host_is_said_not_to_be_read(desk: Desk):
    desk.writes("mediawire.yaml", "")
    desk.environ = {"MEDIAWIRE_HOSTS__X__PER_HOST": "3"}

    [warning] = [w for w in desk.reads().warnings if "variable" in w]

    assert warning == (
        "the variable MEDIAWIRE_HOSTS__X__PER_HOST is not read: "
        "write `hosts` in mediawire.yaml"
    )


@pytest.mark.parametrize("name", ["MEDIAWIRE_FETCH", "MEDIAWIRE_FETCH__"])
def test_a_variable_of_a_group_of_keys_is_said_not_to_be_read(desk: Desk, name):
    desk.writes("mediawire.yaml", "")
    desk.environ = {name: "{timeout: 3s}"}

    [warning] = [w for w in desk.reads().warnings if "variable" in w]

    assert warning == (
        f"the variable {name} is not read: it names a group of keys, which are set one "
        "by one, as MEDIAWIRE_FETCH__ALLOW_PRIVATE"
    )


def test_what_an_orchestrator_sets_is_left_alone(desk: Desk):
    desk.writes("mediawire.yaml", "")
    desk.environ = {
        "MEDIAWIRE_PORT": "tcp://10.0.0.1:80",
        "MEDIAWIRE_SERVICE_HOST": "10.0.0.1",
        "MEDIAWIRE_PORT_8080_TCP_ADDR": "10.0.0.1",
    }

    assert not [w for w in desk.reads().warnings if "variable" in w]


def test_a_variable_does_not_hide_what_is_wrong_in_the_file(desk: Desk):
    desk.writes("mediawire.yaml", "fetch: 30s")
    desk.environ = {"MEDIAWIRE_FETCH__TIMEOUT": "5s"}

    assert desk.complaint().startswith(
        "mediawire.yaml:1:8: fetch: write keys and values"
    )


HERE = "listen: 127.0.0.1:9"


@pytest.mark.parametrize(
    ("text", "environ", "place"),
    [
        (f"{HERE}\nkeep: some\nbase: x", {}, ("127.0.0.1", 9)),
        ("keep: some", {}, ("127.0.0.1", 8080)),
        ("keep: [", {"MEDIAWIRE_LISTEN": "[::1]:7"}, ("::1", 7)),
        (f"{HERE}\n{HERE}", {}, None),
        ("keep: [", {}, None),
        ("listen: 9", {}, None),
        (HERE, {"MEDIAWIRE_LISTEN_FILE": "/none"}, None),
    ],
)
def test_where_a_service_listens_is_known_though_its_config_is_wrong(
    desk: Desk, text, environ, place
):
    desk.writes("mediawire.yaml", text)
    desk.writes("sources.yaml", "sources: [")

    assert listening(desk.folder, environ=environ) == place
