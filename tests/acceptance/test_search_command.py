"""`mediawire search`: words of any script, phrases, beginnings, and what is unwanted."""

import json

import pytest
from click.testing import CliRunner

from aggregator.cli import mediawire
from tests.installation import Installation
from tests.origin import Origin

ITEM = "<item><title>{0}</title><guid>{0}</guid><description>{1}</description></item>"
RSS = "<rss version='2.0'><channel><title>G</title>{}</channel></rss>".format(
    ITEM.format("Flood in Rome", "Sport was called off")
    + ITEM.format("Flooded again", "سيل ١٤٠٤ در ايران")
)


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    at = Installation(tmp_path_factory.mktemp("search"), {})
    with Origin() as origin:
        origin.answers("/feed", RSS.encode())
        at.write_sources({"g": origin.url("/feed")})
        at.poll()

    def found(*query, form=("--json",)):
        arguments = ["-c", str(at.config), "search", *form, *query]
        done = CliRunner().invoke(mediawire, arguments)
        assert done.exit_code == 0, done.output
        if not form:
            return done
        return {each["title"] for each in json.loads(done.stdout)}

    return found


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        (["flood"], {"Flood in Rome"}),
        (["flood*"], {"Flood in Rome", "Flooded again"}),
        (["flood*", "-sport"], {"Flooded again"}),
        (['"in rome"'], {"Flood in Rome"}),
        (["rome in"], {"Flood in Rome"}),
        (['"rome in"'], set()),
        (["ایران ۱۴۰۴"], {"Flooded again"}),
        (["'"], set()),
    ],
)
def test_a_query_finds_what_is_stored(search, query, titles):
    assert search(*query) == titles


def test_a_limit_is_kept(search):
    assert len(search("flood*", "--limit", "1")) == 1


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ([""], "the query holds no word to look for"),
        (['"'], "the query holds no word to look for"),
        (["--", "-sport"], "the query only says which words to leave out"),
        (["earthquake"], "no stored article holds all these words"),
    ],
)
def test_who_finds_nothing_is_told_why_and_a_pipe_is_not(search, query, sentence):
    done = search(*query, form=())

    assert done.stdout == ""
    assert sentence in done.stderr
    assert search(*query) == set()


def test_the_help_shows_one_example_on_each_line():
    told = CliRunner().invoke(mediawire, ["search", "--help"]).stdout

    assert "\\b" not in told
    lines = [line.strip() for line in told.splitlines()]
    assert "mediawire search flood rome" in lines
    assert "mediawire search flood -sport         without" in lines
