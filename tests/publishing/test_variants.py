"""What documents carry where articles differ: languages, files, rights; and who reads them."""

import json
from datetime import timedelta, timezone

import feedparser
import pytest
from builders import NOON, article
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import articles
from lxml import etree
from readers import attributes, entry_of, rendered, texts

from aggregator.model import Enclosure, Rights
from aggregator.publishing import formats
from aggregator.publishing.particulars import media_type, whole_seconds

# -- languages


@pytest.mark.parametrize(
    ("configured", "spoken", "said"),
    [
        (None, ("fa", "fa"), "fa"),
        (None, ("fa", "en"), None),
        (None, ("xx", "xx"), None),
        (None, ("FA", "FA"), "FA"),
        (None, ("persian", "persian"), None),
        ("en-GB", ("fa", "en"), "en-GB"),
    ],
)
def test_a_document_names_a_language_only_if_it_has_one(
    tmp_path, configured, spoken, said
):
    shown = [article(n, language=each) for n, each in enumerate(spoken, 1)]

    documents = rendered(tmp_path, *shown, language=configured)

    assert json.loads(documents["json"]).get("language") == said
    channel = etree.fromstring(documents["rss"]).find("channel")
    assert texts(channel, "language") == ([said] if said else [])
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert etree.fromstring(documents["atom"]).get(lang) == said


@pytest.mark.parametrize(("spoken", "said"), [("fa", "fa"), ("xx", None), (None, None)])
def test_each_entry_names_its_own_language_if_readers_know_it(tmp_path, spoken, said):
    documents = rendered(tmp_path, article(1, language=spoken), language="en")

    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert entry_of(documents["atom"]).get(lang) == said
    assert texts(entry_of(documents["rss"]), "dc:language") == ([said] if said else [])
    assert json.loads(documents["json"])["items"][0].get("language") == said


# -- files


@pytest.mark.parametrize(
    ("said", "address", "told"),
    [
        ("Video/MP4; codecs=avc1", "x", "video/mp4"),
        (None, "x.mp3?a=1.png#b.gif", "audio/mpeg"),
        ("mp3", "x.mp3", "audio/mpeg"),
        ("", "x", "application/octet-stream"),
    ],
)
def test_a_type_is_told_as_it_is_said_or_else_as_the_address_looks(said, address, told):
    assert media_type(said, f"https://a.example/{address}") == told


@pytest.mark.parametrize("length", [None, -1, 0])
def test_an_unknown_length_is_told_legally(tmp_path, length):
    """I23: no `None`, no negative number."""
    file = Enclosure(url="https://a.example/x.ogg", length=length)

    documents = rendered(tmp_path, article(1, enclosures=(file,)))

    (rss,) = attributes(entry_of(documents["rss"]), "enclosure")
    assert (rss["length"], rss["type"]) == ("0", "audio/ogg")
    (item,) = json.loads(documents["json"])["items"]
    assert "size_in_bytes" not in item["attachments"][0]


def test_files_of_20_gigabytes_and_of_no_known_type_are_told(tmp_path):
    """I23: missing type, 20 GB."""
    file = Enclosure(url="https://a.example/x", type="abc", length=20 * 2**30)

    (rss,) = attributes(
        entry_of(rendered(tmp_path, article(1, enclosures=(file,)))["rss"]), "enclosure"
    )

    assert (rss["length"], rss["type"]) == ("21474836480", "application/octet-stream")


def test_one_file_named_twice_is_given_once(tmp_path):
    twice = (
        Enclosure(url="https://a.example/x.mp3", length=5),
        Enclosure(url="https://a.example/y.mp3"),
        Enclosure(url="https://a.example/x.mp3"),
    )

    documents = rendered(tmp_path, article(1, enclosures=twice))

    (item,) = json.loads(documents["json"])["items"]
    assert [file["url"][-5:] for file in item["attachments"]] == ["x.mp3", "y.mp3"]
    assert item["attachments"][0]["size_in_bytes"] == 5


def test_every_format_shows_no_more_than_the_rights_allow(tmp_path):
    secret = article(1, body="<p>seen " + "seen " * 9 + "secret</p>")

    documents = rendered(tmp_path, secret, rights=Rights(body="excerpt", words=5))

    assert all(b"secret" not in document for document in documents.values())


# -- times


@pytest.mark.parametrize("east", [timedelta(0), timedelta(hours=3, minutes=30)])
@pytest.mark.parametrize("beyond", [timedelta(0), timedelta(microseconds=999_999)])
def test_every_document_has_times_in_utc_and_whole_seconds(east, beyond):
    there = (NOON + beyond).astimezone(timezone(east))

    assert whole_seconds(there).isoformat() == "2026-11-24T12:00:00+00:00"


def test_a_document_is_of_the_time_of_its_newest_entry_or_change(tmp_path):
    """Some sources tell a change from before the entry was published."""
    shown = article(1, published=NOON, updated=NOON - timedelta(days=1))
    older = article(2, updated=NOON - timedelta(minutes=1))

    for each, time in ((shown, "12:00"), (older, "11:59")):
        feed = json.loads(rendered(tmp_path, each)["json"])
        assert feed["_mediawire"]["updated"] == f"2026-11-24T{time}:00+00:00"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"description": "", "disclaimer": ""}, "Media Wire"),
        ({"description": "What we read.", "disclaimer": ""}, "What we read."),
    ],
)
def test_a_document_that_is_not_described_is_called_by_its_title(tmp_path, said, told):
    """RSS requires a description."""
    channel = etree.fromstring(rendered(tmp_path, **said)["rss"]).find("channel")

    assert texts(channel, "description") == [told]


# -- other people's parsers


@pytest.mark.parametrize("name", formats.names())
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(shown=st.lists(articles(), max_size=3, unique_by=lambda a: a.published_id))
def test_whatever_came_in_others_can_read_what_goes_out(tmp_path, name, shown):
    """I7, I24: well-formed for libxml2 and feedparser, with the right ids."""
    document = rendered(tmp_path, *shown, formats=(name,))[name]
    ids = [each.published_id for each in shown]

    if name == "json":
        assert [item["id"] for item in json.loads(document)["items"]] == ids
        return
    parsed = feedparser.parse(document)
    assert not parsed.bozo
    assert [entry.id for entry in parsed.entries] == ids
    root = etree.fromstring(document)
    assert texts(root, ".//guid" if name == "rss" else "a:entry/a:id") == ids
