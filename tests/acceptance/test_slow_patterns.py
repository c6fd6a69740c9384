"""A publisher who guesses a rule's expression cannot stop the press with a headline."""

import json

import pytest

from tests.installation import Installation

SLOW = "(?i)(a|aa)+$"
RULES = f"""\
publications:
  - {{id: wire, title: Media Wire, rules: [no-a, no-rain, cut]}}
rules:
  no-a: {{kind: select, drop: {{title: ['(a+)+$', '{SLOW}']}}}}
  no-rain: {{kind: select, drop: {{title: 'rain(ed|s)+'}}}}
  cut: {{kind: headline, cut: ['{SLOW}']}}
"""
HEADLINES = ("a" * 60 + "!", "It rained in Rome", "Sun in Lima", "Wind in Quito")
FEED = "<rss version='2.0'><channel><title>X</title>{}</channel></rss>".format(
    "".join(
        f"<item><guid>https://x.example/{n}</guid><link>https://x.example/{n}</link>"
        f"<title>{title}</title><description>Words {n}.</description></item>"
        for n, title in enumerate(HEADLINES)
    )
)


@pytest.fixture
def at(tmp_path):
    at = Installation(tmp_path, {"x": "file:x.xml"}, publications=RULES)
    at.config.joinpath("x.xml").write_text(FEED)
    return at


@pytest.mark.timeout(120)
def test_a_round_ends_and_says_which_expression_took_too_long(at):
    log = at.run("poll", "--strict").stderr

    items = json.loads(at.published("feeds/wire.json"))["items"]
    assert sorted(item["title"] for item in items) == ["Wind in Quito", HEADLINES[0]]
    assert "pattern too slow" in log
    assert SLOW in log
    story = at.run("explain", "https://x.example/0").stdout
    assert (
        f"    {SLOW} took too long and found nothing; "
        "write it without a repeat inside a repeat"
    ) in story
    (told,) = json.loads(at.run("explain", "https://x.example/0", "--json").stdout)
    assert [rule["unfinished"] for rule in told["rules"]] == [[SLOW], [], [SLOW]]
