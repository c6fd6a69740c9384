"""With `websub`, a report is published as soon as its hub tells of it."""

import json
from datetime import timedelta

import msgspec
import pytest
from hub import Hub
from msgspec.structs import replace

from aggregator.store import open_store
from aggregator.websub import Subscription
from tests.acceptance.test_commands import rss
from tests.acceptance.test_service import running, said
from tests.builders import NOON

HEAD = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{}" href="{}"/>'


def test_a_report_is_published_when_its_hub_tells_of_it(at, origin):
    """Its interval is an hour, and its last poll was half an hour ago."""
    service = (at.config / "mediawire.yaml").read_text()
    service = service.replace("http://127.0.0.1:8080", at.url(""))
    at.write("mediawire.yaml", f"{service}websub: true\n")

    with Hub() as hub:
        links = HEAD.format("hub", hub.url) + HEAD.format("self", origin.url())
        for numbers in ((1,), (1, 2)):
            feed = rss(*numbers).decode().replace("<item>", f"{links}<item>", 1)
            origin.answers("/feed", feed.encode())
        with running(at) as process:
            said(process, "event=subscribed", "source_id=gazette")
            with open_store(at.store) as store:
                [row] = store.states().values()
                earlier = row.last_polled_at - timedelta(minutes=30)
                store.reschedule([replace(row, last_polled_at=earlier)])
            assert hub.tells(b"news") == 202
            said(process, "event=published", "feeds/wire.json", "entries=2")

    assert hub.asked[0]["hub.topic"] == origin.url()
    assert len(origin.heard) == 2
    assert b"Report 2" in at.published("feeds/wire.atom")


@pytest.mark.parametrize(
    ("learnt", "state", "words"),
    [
        ({}, "asked", "asked on 2026-11-24 12:00:00 UTC, not confirmed yet"),
        (
            {"renew_at": NOON + timedelta(days=1), "tries": 0},
            "subscribed",
            "subscribed, renewed from 2026-11-25 12:00:00 UTC on",
        ),
        ({"denied": "members only"}, "denied", "denied: members only"),
    ],
)
def test_source_show_tells_how_its_subscription_stands(at, learnt, state, words):
    """Of the hub's address only the host: the rest may be a secret."""
    known = Subscription(
        hub="https://hub.example/for/a-secret-path",
        topic="https://gazette.example/feed",
        base="https://wire.example",
        token="token-of-ours",
        secret="secret-of-ours",
        asked_at=NOON,
        **learnt,
    )
    at.poll()
    with open_store(at.store) as store:
        store.put_meta("websub gazette", msgspec.json.encode(known).decode())

    assert "hub" not in at.run("source", "show", "gazette").stdout
    service = (at.config / "mediawire.yaml").read_text()
    at.write("mediawire.yaml", f"{service}websub: true\n")

    shown = at.run("source", "show", "gazette").stdout
    told = at.run("source", "show", "gazette", "--json").stdout

    assert f"hub: hub.example: {words}" in shown
    assert json.loads(told)["hub"]["state"] == state
    assert "secret" not in shown + told
    assert "token-of-ours" not in shown + told
