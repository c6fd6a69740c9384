"""Feeds over HTTP: as published, conditional, compressed, never mixed."""

import asyncio
import gzip
import hashlib
import os
import shutil
import socket
import threading
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from builders import NOON, article, publication
from house import House, served

from aggregator.web.feeds import Feeds, with_feeds
from aggregator.web.published import Published

FORMATS = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json",
}
ATOM = "/feeds/wire.atom"
READS = int(os.environ.get("MEDIAWIRE_TEST_READS", "200"))
PUBLISHES = int(os.environ.get("MEDIAWIRE_TEST_PUBLISHES", "40"))


def digest(body):
    return hashlib.sha256(body).digest()


@pytest.mark.parametrize(("name", "media_type"), FORMATS.items(), ids=FORMATS)
def test_a_feed_is_the_published_file_byte_for_byte(site, newspaper, name, media_type):
    answer = site.get(f"/feeds/wire.{name}")

    assert answer.status == 200
    assert answer.headers["content-type"] == media_type
    assert answer.body == (newspaper.config.output / f"feeds/wire.{name}").read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_opened_in_a_browser_can_do_nothing(site, name):
    """A11: nosniff, a sandbox, no referrer on XML and JSON."""
    headers = site.get(f"/feeds/wire.{name}").headers

    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; sandbox"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "public, max-age=300"
    assert headers["access-control-allow-origin"] == "*"


def test_gzip_comes_from_the_file_beside_it_and_has_a_tag_of_its_own(site, newspaper):
    plain, packed = site.get(ATOM), site.get(ATOM, accept_encoding="br, gzip")

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.body == (newspaper.config.output / "feeds/wire.atom.gz").read_bytes()
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in plain.headers


def test_tags_are_strong_and_the_time_is_that_of_the_file(site):
    headers = site.get(ATOM).headers

    assert headers["etag"].startswith('"')
    assert headers["last-modified"] == "Tue, 24 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize("coding", ["", "gzip"])
@pytest.mark.parametrize(
    "template",
    [
        "{}",
        "W/{}",
        '"other", {}',
        '"a",W/"b" , {} ,"c"',
        "*",
        " * ",
        '{}, "' + "x" * 100_000 + '"',
    ],
    ids=["itself", "weak", "second", "among others", "any", "any spaced", "100 KB"],
)
def test_who_holds_the_document_gets_a_304_without_a_body(site, template, coding):
    """D10: a conditional GET of what did not change is a 304."""
    whole = site.get(ATOM, accept_encoding=coding)

    again = site.get(
        ATOM,
        accept_encoding=coding,
        if_none_match=template.format(whole.headers["etag"]),
    )

    assert (again.status, again.body) == (304, b"")
    for name in ("etag", "vary", "cache-control", "last-modified"):
        assert again.headers[name] == whole.headers[name]
    assert "content-type" not in again.headers


def test_a_list_may_come_on_several_lines(site):
    """RFC 9110 section 5.3. Headers of two spellings are two lines of one header."""
    feed = ATOM.removesuffix(".atom")
    tag = site.get(ATOM).headers["etag"]

    held = site.get(ATOM, if_none_match='"other"', If_None_Match=tag)
    packed = site.get(ATOM, accept_encoding="br", Accept_Encoding="gzip")
    rss = site.get(feed, accept="text/html;q=0.1", Accept="application/rss+xml")

    assert held.status == 304
    assert packed.headers["content-encoding"] == "gzip"
    assert rss.type == "application/rss+xml"


def test_either_tag_is_good_for_a_304(site):
    packed = site.get(ATOM, accept_encoding="gzip").headers["etag"]

    assert site.get(ATOM, if_none_match=packed).status == 304


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"if_none_match": '"other"'}, 200),
        ({"if_none_match": ""}, 200),
        ({"if_none_match": "nonsense"}, 200),
        ({"if_modified_since": "Tue, 24 Nov 2026 12:00:00 GMT"}, 304),
        ({"if_modified_since": "Tue, 24 Nov 2026 11:59:59 GMT"}, 200),
        ({"if_modified_since": "Tuesday, 24-Nov-26 12:00:00 GMT"}, 304),
        ({"if_modified_since": "Tue Nov 24 12:00:00 2026"}, 304),
        ({"if_modified_since": "Tue, 24 Nov 2026 12:00:00 -0000"}, 304),
        ({"if_modified_since": "Tue, 24 Nov 2026 13:00:00 +0200"}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_modified_since": "99"}, 200),
        # If-None-Match alone counts where it is present (RFC 9110 section 13.2.2)
        (
            {
                "if_none_match": '"other"',
                "if_modified_since": "Tue, 24 Nov 2026 12:00:00 GMT",
            },
            200,
        ),
    ],
)
def test_other_conditions_are_weighed_as_the_rfc_says(site, condition, status):
    assert site.get(ATOM, **condition).status == status


@pytest.mark.parametrize(
    "path",
    [
        "/",
        ATOM,
        "/feeds/wire.rss",
        "/feeds/wire",
        "/about",
        "/nothing",
        "/sources.opml",
    ],
)
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_head_says_what_get_says_and_has_no_body(site, path, coding):
    """A14: HEAD equals GET's headers."""
    get, head = (ask(path, accept_encoding=coding) for ask in (site.get, site.head))

    assert head.body == b""
    assert head.status == get.status
    assert head.headers | {"date": ""} == get.headers | {"date": ""}


def test_a_range_is_answered_with_the_whole(site):
    answer = site.get(ATOM, range="bytes=0-9")

    assert answer.status == 200
    assert len(answer.body) == int(answer.headers["content-length"]) > 10


def test_the_publication_itself_is_a_feed_for_readers_and_a_page_for_people(site):
    """O8: negotiation on one address, told to caches by Vary."""
    reader = site.get("/feeds/wire")
    person = site.get("/feeds/wire", accept="text/html,*/*;q=0.8")

    assert reader.headers["content-type"] == FORMATS["atom"]
    assert reader.headers["content-location"] == ATOM
    assert reader.body == site.get(ATOM).body
    assert person.headers["content-type"] == "text/html; charset=utf-8"
    assert reader.headers["vary"] == person.headers["vary"] == "Accept, Accept-Encoding"
    assert site.get("/feeds/wire", if_none_match=reader.headers["etag"]).status == 304


@pytest.mark.parametrize("path", [ATOM, "/feeds/wire"])
def test_what_is_not_published_yet_says_when_to_come_again(house, path):
    with served(house) as site:
        answer = site.get(path)

    assert answer.status == 503
    assert answer.headers["retry-after"] == "30"
    assert "about to be published" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/other.atom",
        "/feeds/wire.txt",
        "/feeds/wire.atom.gz",
        "/feeds/..%2f..%2fwire.db",
        "/feeds/%2e%2e",
        "/feeds/wire.atom%00",
        "/feeds/.atom",
        "/feeds/",
        "/feeds/wire.atom/",
        "/static/..%2fsite.py",
        "/static/wire.css",
    ],
)
def test_what_is_not_offered_is_not_found(site, path):
    """A8: no address leads out of the published files."""
    answer = site.get(path)

    assert answer.status == 404
    assert answer.type == "text/html"


def test_a_format_that_is_no_longer_offered_is_not_found(tmp_path):
    house = House(tmp_path).take(article()).publish()
    house.reconfigure(publications=(publication(formats=("rss",)),))
    with served(house) as site:
        assert site.get(ATOM).status == 404
        assert site.get("/feeds/wire").type == "application/rss+xml"


def test_what_a_new_config_offers_is_served_at_once(house):
    house.take(article()).publish()
    with served(house) as site:
        assert site.get(ATOM).status == 200
        house.reconfigure(publications=(publication(id="sports"),))
        house.publish()

        assert site.get("/feeds/sports.atom").status == 200
        assert site.get("/feeds/sports").status == 200
        assert site.get(ATOM).status == 404


@pytest.mark.parametrize(
    "path", [ATOM, "/feeds/wire", "/feeds/wire/archive/2026-11.atom"]
)
def test_a_feed_takes_nothing(site, path):
    answer = site.ask("POST", path)

    assert answer.status == 405
    assert sorted(answer.headers["allow"].split(", ")) == ["GET", "HEAD"]


@pytest.mark.parametrize(
    "path",
    [ATOM, "/feeds/wire", "/feeds/wire/archive/2026-11.atom", "/api/v1/articles"],
)
def test_a_script_of_another_site_may_ask_with_conditions_and_see_the_tag(site, path):
    """Fetch standard: it asks by OPTIONS first, and sees of the answer what is named."""
    asked = {"Origin": "https://reader.example"}
    may = site.ask(
        "OPTIONS",
        path,
        asked
        | {
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )

    assert (may.status, may.body) == (204, b"")
    assert may.headers["access-control-allow-origin"] == "*"
    assert may.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "If-None-Match" in may.headers["access-control-allow-headers"]
    assert int(may.headers["access-control-max-age"]) > 0
    if not path.endswith("2026-11.atom"):
        shown = site.ask("GET", path, asked).headers["access-control-expose-headers"]
        assert shown == "ETag, Last-Modified, Link, Retry-After"


def test_a_feed_that_is_not_there_yet_tells_scripts_too_when_to_ask_again(house):
    with served(house) as site:
        may, answer = site.ask("OPTIONS", ATOM), site.get(ATOM)

    assert (may.status, answer.status) == (204, 503)
    assert answer.headers["retry-after"] == "30"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/feeds/none.atom", "/feeds/none/archive/2026-11.atom"]
)
def test_nothing_may_be_asked_of_a_feed_that_nobody_offers(site, path):
    assert site.ask("OPTIONS", path).status == 405


def test_what_is_published_is_answered_before_anything_is_routed(newspaper):
    """Routing and its layers took two thirds of the CPU of a 304 (see tests/bench)."""
    answered = []

    async def routed(*_):
        pytest.fail("a feed was routed")

    async def send(message):
        answered.append(message)

    app = with_feeds(routed, Feeds(newspaper))
    for path in (ATOM, "/feeds/wire.json", "/feeds/wire"):
        scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        asyncio.run(app(scope, None, send))

    assert [each["status"] for each in answered[::2]] == [200] * 3


def test_the_same_question_always_has_the_same_answer(site):
    """An answer is made once: nobody may leave anything in it."""
    questions = [
        {},
        {"accept_encoding": "gzip"},
        {"if_none_match": "*"},
        {"if_none_match": "*", "accept_encoding": "gzip"},
    ]

    def heads():
        answers = [site.get(ATOM, **question) for question in questions]
        return [(a.status, a.headers | {"date": ""}, digest(a.body)) for a in answers]

    assert heads() == heads() == heads()


def test_a_new_document_is_served_at_once_with_a_new_tag(house):
    house.take(article(2)).publish()
    with served(house) as site:
        before = site.get(ATOM)
        house.take(article(1)).publish()
        after = site.get(ATOM, if_none_match=before.headers["etag"])

    assert after.status == 200
    assert b"Report number 1" in after.body
    assert after.headers["etag"] != before.headers["etag"]


def test_a_reader_who_goes_by_time_alone_hears_of_two_changes_within_a_second(house):
    """RFC 9110, 8.8.2: `Last-Modified` has whole seconds, and is never after `Date`."""
    with served(house) as site:
        dates = []
        for number in (1, 2, 3):
            since = {"if_modified_since": dates[-1]} if dates else {}
            house.take(article(number)).publish()
            answer = site.get(ATOM, **since)
            assert answer.status == 200
            dates.append(answer.headers["last-modified"])
        house.at += timedelta(minutes=1)
        settled = site.get(ATOM).headers["last-modified"]

        assert dates == ["Tue, 24 Nov 2026 12:00:00 GMT"] * 3
        assert settled == "Tue, 24 Nov 2026 12:00:02 GMT"
        assert site.get(ATOM, if_modified_since=settled).status == 304


def test_publishing_the_same_again_is_the_same_document(house):
    """D10: same articles, same bytes, same ETag, also after a restart."""
    house.take(article()).publish()
    with served(house) as site:
        before = site.get(ATOM)
    house.publish()
    with served(house) as site:
        after = site.get(ATOM)

    assert after.body == before.body
    assert after.headers["etag"] == before.headers["etag"]
    assert after.headers["last-modified"] == before.headers["last-modified"]


def test_a_document_written_anew_has_the_tag_of_its_bytes(house):
    """D10: same bytes, same ETag: after a restore, or on a second machine."""
    house.take(article()).publish()
    feeds = house.config.output / "feeds"
    with served(house) as site:
        before = site.get(ATOM)
        shutil.rmtree(feeds)
        house.publish()
        after = site.get(ATOM, if_none_match=before.headers["etag"])

    assert (after.status, after.body) == (304, b"")
    assert after.headers["etag"] == before.headers["etag"]


def test_a_compressed_file_of_another_document_is_not_served(house):
    house.take(article(1)).publish()
    packed = house.config.output / "feeds/wire.atom.gz"
    times = packed.stat()
    packed.write_bytes(gzip.compress(b"another document"))
    os.utime(packed, ns=(times.st_atime_ns, times.st_mtime_ns))
    with served(house) as site:
        answer = site.get(ATOM, accept_encoding="gzip")
        plain = site.get(ATOM)

    assert gzip.decompress(answer.body) == plain.body


def test_readers_during_many_publishes_get_whole_documents(house):
    """D9: never short, mixed or missing; Last-Modified never goes back.

    At length: MEDIAWIRE_TEST_READS=10000 MEDIAWIRE_TEST_PUBLISHES=500.
    """
    file = house.config.output / "feeds/wire.atom"
    house.take(article(PUBLISHES)).publish()
    known, seen, faults = {digest(file.read_bytes())}, [], []
    done = threading.Event()

    def watch(look):
        """Look again and again; note what was read, and when it was last modified."""
        latest = ""
        while not (done.is_set() and len(seen) >= READS):
            body, modified = look()
            seen.append(digest(body))
            if modified < latest:
                faults.append(f"{latest} went back to {modified}")
            latest = modified
            done.wait(0.002)  # the publisher is to have a turn, too

    def asked(coding):
        answer = site.get(ATOM, accept_encoding=coding)
        packed = answer.headers.get("content-encoding") == "gzip"
        modified = parsedate_to_datetime(answer.headers["last-modified"])
        if answer.status != 200:
            faults.append(answer.status)
        body = gzip.decompress(answer.body) if packed else answer.body
        return body, modified.isoformat()

    def opened():
        with file.open("rb") as held:
            changed = os.fstat(held.fileno()).st_mtime_ns
            return held.read(), f"{changed:020}"

    with served(house) as site:
        looks = (lambda: asked(""), lambda: asked("gzip"), opened)
        readers = [threading.Thread(target=watch, args=(look,)) for look in looks]
        for reader in readers:
            reader.start()
        try:
            for number in range(1, PUBLISHES + 1):
                house.at = NOON + timedelta(seconds=number)
                house.take(article(PUBLISHES - number)).publish()
                known.add(digest(file.read_bytes()))
        finally:
            done.set()
            for reader in readers:
                reader.join()

    print(f"{len(seen)} reads during {PUBLISHES} publishes: {len(set(seen))} documents")
    assert len(known) == PUBLISHES + 1
    assert len(seen) >= READS
    assert set(seen) <= known
    assert faults == []


def test_no_query_and_no_unknown_name_grows_what_is_kept(house):
    """A14: 10 000 distinct query strings, no cache growth."""
    house.take(article()).publish()
    kept = Published()
    path = house.config.output / "feeds/wire.atom"
    first = kept.document(path, "application/atom+xml")

    assert kept.document(path, "application/atom+xml") is first
    with served(house) as site:
        tags = {site.get(f"{ATOM}?x={number}").headers["etag"] for number in range(300)}
    assert len(tags) == 1


def test_the_room_for_documents_is_bounded(tmp_path):
    for number in range(5):
        (tmp_path / f"{number}.atom").write_bytes(b"x" * 100)
    kept = Published(room=250)
    first = kept.document(tmp_path / "0.atom", "a/b")
    for number in range(1, 5):
        kept.document(tmp_path / f"{number}.atom", "a/b")

    assert kept.held <= 250
    assert kept.document(tmp_path / "0.atom", "a/b") is not first


def test_a_document_that_outgrows_the_room_is_served_all_the_same(tmp_path):
    """It stood in the oldest place, made room for itself, and was not found."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.atom").write_bytes(b"x" * 30)
    kept = Published(room=80)
    for name in ("a", "b"):
        kept.document(tmp_path / f"{name}.atom", "a/b")
    (tmp_path / "a.atom").write_bytes(b"y" * 60)

    assert kept.document(tmp_path / "a.atom", "a/b").body == b"y" * 60


def test_slow_clients_do_not_keep_others_waiting(site):
    """A14: 200 clients hold open requests, a 100 KB If-None-Match comes, all is served."""
    slow = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(200)]
    try:
        for each in slow:
            each.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        answers = [site.get(ATOM).status for _ in range(20)]
        long = site.get(ATOM, if_none_match='"' + "x" * 100_000 + '"').status
    finally:
        for each in slow:
            each.close()

    assert answers == [200] * 20
    assert long == 200
