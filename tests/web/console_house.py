"""A house with an operator: sources in every state, past polls, and a desk that listens.

house = troubled(tmp_path)             # a House whose `desk` notes what it is told to do
with served(house) as site:
    operator = Operator(site)          # a browser's manners, without a browser
    operator.sign_in(TOKEN)
    operator.posts("/status/sources/gazette/poll")
"""

import http.client
import re
from datetime import timedelta
from urllib.parse import urlencode

from builders import NOON
from edition import AGENCIES, SOURCES, WIRE, stories
from house import Answer, House
from msgspec.structs import replace

from aggregator.config.secret import token_digest
from aggregator.errors import Complaint, MediaWireError
from aggregator.model import (
    Alert,
    ConsoleAccess,
    Outcome,
    PollResult,
    PublicationStatus,
)

TOKEN = "correct-horse-battery-staple"
GUARDED = ConsoleAccess(token_digest=token_digest(TOKEN))
FORM = "application/x-www-form-urlencoded"
STATES = {
    "gazette": "ok",
    "nordlicht": "failing",
    "fanus": "held",
    "manara": "throttled",
    "migdal": "paused",
    "kawa": "gone",
}
ERRORS = {
    "nordlicht": "https://nordlicht.example/feed.xml: its certificate has expired",
    "manara": "https://manara.example/feed.xml: answered 429 Too Many Requests",
}


class Listening:
    """A desk that does nothing but note what it is told."""

    def __init__(self):
        self.told = []
        self.refuses = None
        self.wrong = ()
        self.alarms = []
        self.late = timedelta(0)
        self.known_as = "fanus"

    def lag(self):
        return self.late

    def complaints(self):
        return self.wrong

    def poll(self, source_id):
        self._told("poll", source_id)

    def pause(self, source_id, *, why):
        self._told("pause", source_id, why)

    def resume(self, source_id):
        self._told("resume", source_id)

    def release(self, source_id):
        self._told("release", source_id)

    def reject(self, source_id):
        self._told("reject", source_id)

    def test(self, url):
        self._told("test", url)
        return {
            "url": url,
            "title": "خبرگزاری فانوس",
            "site": "https://fanus.example/",
            "format": "rss20",
            "language": "fa",
            "known_as": self.known_as,
            "entries": 2,
            "headlines": [
                {"title": "BBC: کشتی بازگشت", "url": url, "published": NOON},
                {"title": "Ferry returns", "url": url, "published": NOON},
            ],
            "notes": ["one entry has no date"],
            "others": ["https://fanus.example/sport.xml"],
        }

    def withdraw(self, ref, *, reason):
        self._told("withdraw", ref, reason)
        return [ref]

    def _told(self, *what):
        if self.refuses:
            raise MediaWireError(self.refuses)
        self.told.append(what)


def troubled(folder, **config):
    """A house of six sources, one in each state but `new`, with a history."""
    house = House(folder, publications=(WIRE,), sources=SOURCES, **config)
    house.desk = Listening()
    house.take(*stories(24))
    house.publish()
    house.states |= STATES
    house.errors |= ERRORS
    house.store.record(
        [
            result
            for place, source_id in enumerate(AGENCIES)
            for result in _past(house.store.state(source_id), 60 - 10 * place)
        ]
    )
    house.store.put_publication_status(
        [
            PublicationStatus(
                path="feeds/wire.rss",
                checked_at=NOON,
                written_at=NOON - timedelta(hours=3),
                entries=24,
                refused="the document reads back without 2 of its entries",
            )
        ]
    )
    return house


def alarmed(house):
    """The same with everything wrong that a page can say."""
    house.desk.late = timedelta(minutes=7)
    house.troubles.append("no tick since 2026-11-24 11:48:02 UTC")
    house.desk.wrong = (
        Complaint(
            file="sources.yaml",
            line=13,
            column=15,
            path="sources.2.interval",
            message='"5" has no unit; write 90s, 30m, 6h or 7d',
        ),
    )
    house.desk.alarms = [
        Alert(kind="held", about="fanus", text="looks like another feed"),
        Alert(
            kind="failing",
            about="nordlicht",
            text="not read for 3 days",
            since=NOON - timedelta(days=3),
        ),
        Alert(kind="refused", about="feeds/wire.rss", text="the old one stays"),
    ]
    return house


def _past(state, polls):
    """Polls of a source, every half hour up to now."""
    source_id = state.source_id
    held = "its title was something else" if source_id == "fanus" else None
    for number in range(polls, 0, -1):
        kind = ("updated", "unchanged", "unchanged", "failed")[number % 4]
        failed = kind == "failed"
        at = NOON - timedelta(minutes=30 * number)
        yield PollResult(
            source_id=source_id,
            at=at,
            outcome=Outcome(
                kind=kind,
                new=3 if kind == "updated" else 0,
                problem="timeout" if failed else None,
                error="no answer within 30 s" if failed else None,
            ),
            state=replace(state, held=held, last_polled_at=at),
            took=timedelta(milliseconds=120 + 40 * number),
            wire_bytes=0 if failed else 48_000 + number,
        )


class Operator:
    """Somebody at a browser: keeps the cookie, fills in forms, says where from."""

    def __init__(self, site, *, address="127.0.0.1"):
        self.site = site
        self.cookie = None
        self.seal = ""
        self._address = address

    def asks(self, method, path, body=None, **headers):
        """Send a request; headers as `x_forwarded_for="…"`, None leaves one out."""
        said = {"host": f"127.0.0.1:{self.site.port}", "cookie": self.cookie, **headers}
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.site.port, timeout=20, source_address=(self._address, 0)
        )
        try:
            connection.putrequest(
                method, path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in said.items():
                if value is not None:
                    connection.putheader(name.replace("_", "-"), value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response, body=response.read())
        finally:
            connection.close()

    def gets(self, path="/status/", **headers):
        answer = self.asks("GET", path, **headers)
        if found := re.search(r'name="seal" value="([0-9a-f]+)"', answer.text):
            self.seal = found[1]
        return answer

    def posts(self, path, fields=(), **headers):
        """Send a form of ours, as a browser would from our page."""
        form = {"seal": self.seal, **dict(fields)}
        said = {"origin": self.site.base, "content_type": FORM, **headers}
        return self.asks("POST", path, urlencode(form).encode(), **said)

    def sign_in(self, token=TOKEN, **headers):
        answer = self.posts("/status/sign-in", {"token": token}, **headers)
        if cookie := answer.headers.get("set-cookie"):
            self.cookie = cookie.partition(";")[0]
            self.gets()
        return answer
