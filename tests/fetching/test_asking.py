"""The header lines of a request, by themselves."""

from aggregator.fetching.asking import anonymous, conditional, personal, user_agent
from aggregator.model import Validators

AGENT = user_agent("https://desk.example/about")


def test_a_sources_line_replaces_ours_however_it_is_spelled():
    lines = personal(AGENT, (("ACCEPT", "text/xml"),), None, None)

    assert [name for name in lines if name.lower() == "accept"] == ["ACCEPT"]


def test_what_belongs_to_the_connection_is_not_a_sources_to_set():
    ours = ("Host", "Connection", "Accept-Encoding", "If-None-Match", "Range")

    lines = personal(AGENT, tuple((name, "x") for name in ours), None, None)

    assert lines == anonymous(AGENT)


def test_configured_credentials_go_before_those_in_the_url():
    lines = personal(AGENT, (), ("ed", "pw"), "other:one")

    assert lines["Authorization"] == b"Basic ZWQ6cHc="


def test_an_authorization_line_goes_before_credentials_in_the_url():
    lines = personal(AGENT, (("Authorization", "Bearer t"),), None, "other:one")

    assert lines["Authorization"] == b"Bearer t"


def test_only_validators_that_we_have_are_sent():
    """P2: or omitted whole."""
    lines = conditional(anonymous(AGENT), Validators(last_modified=b"then"))

    assert lines["If-Modified-Since"] == b"then"
    assert "If-None-Match" not in lines
