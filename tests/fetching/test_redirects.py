"""Redirects, hop by hop, and what travels along."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from origin import Origin

from aggregator.errors import FetchError, LedElsewhere
from aggregator.model import Advice, FetchRequest, NotModified, Validators

FEED = b"<rss/>"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def redirect(origin, path, location, status=302, headers=()):
    headers = [("Location", location), *headers]
    origin.answers(path, b"moved", status=status, headers=headers)


@pytest.mark.parametrize(
    ("statuses", "is_permanent"),
    [
        ((301,), True),
        ((308,), True),
        ((301, 308), True),
        ((302,), False),
        ((303,), False),
        ((307,), False),
        ((301, 302), False),
        ((307, 301), False),
    ],
)
def test_only_an_all_permanent_chain_says_where_the_feed_moved(
    origin, fetch, statuses, is_permanent
):
    """P16: followed each time; new URL only after all-permanent chains."""
    for number, status in enumerate(statuses):
        redirect(origin, f"/{number}", f"/{number + 1}", status)
    last = f"/{len(statuses)}"
    origin.answers(last, FEED)

    fetched = fetch(origin.url("/0"))

    assert fetched.url == origin.url(last)
    assert fetched.moved_to == (origin.url(last) if is_permanent else None)


def test_a_304_behind_a_permanent_redirect_tells_of_the_move_too(origin, fetch):
    redirect(origin, "/old", "/new", 301)
    origin.answers("/new", status=304)
    held = Validators(etag=b'"1"', url=origin.url("/new"))

    answer = fetch(origin.url("/old"), validators=held)

    assert answer.moved_to == origin.url("/new")


def test_five_hops_are_followed_and_six_are_not(origin, fetch):
    """N11: chain of 6."""
    for number in range(6):
        redirect(origin, f"/{number}", f"/{number + 1}")
    origin.answers("/6", FEED)

    assert fetch(origin.url("/1")).body == FEED
    with pytest.raises(FetchError, match="more than 5 redirects") as failure:
        fetch(origin.url("/0"))

    assert failure.value.problem == "redirect"
    assert origin.heard[-1].path == "/5"


def test_who_redirects_and_asks_to_wait_is_followed_after_that(
    origin, fetch, monkeypatch
):
    """P12: RFC 9110 section 10.2.3."""
    waited = []
    monkeypatch.setattr("aggregator.fetching.redirects.sleep", waited.append)
    redirect(origin, "/feed", "/new", headers=[("Retry-After", "1")])
    origin.answers("/new", FEED)

    assert (fetch(origin.url("/feed")).body, waited) == (FEED, [1.0])


def test_a_redirect_to_wait_longer_for_is_followed_by_the_next_poll(origin, fetch):
    """P12: it was followed at once. Asked again, it would say the same for ever."""
    redirect(origin, "/feed", "/new", headers=[("Retry-After", "3")])
    origin.answers("/new", FEED)

    with pytest.raises(FetchError, match="asks to wait before we go there") as failure:
        fetch(origin.url("/feed?key=SECRET"))
    again = fetch(origin.url("/feed?key=SECRET"), waited=True)

    assert (failure.value.problem, again.body) == ("throttled", FEED)
    assert failure.value.advice.retry_after == timedelta(seconds=3)
    assert "SECRET" not in str(failure.value)
    assert [heard.path for heard in origin.heard][1:] == ["/feed?key=SECRET", "/new"]


def test_a_redirect_to_nowhere_may_ask_to_wait_too(origin, fetch):
    """P12: it was asked again after an interval."""
    asks = [("Retry-After", "7200"), ("Cache-Control", "max-age=60")]
    redirect(origin, "/feed", "http://[", headers=asks)

    with pytest.raises(FetchError) as failure:
        fetch(origin.url("/feed"))

    assert failure.value.problem == "redirect"
    assert failure.value.advice == Advice(
        retry_after=timedelta(hours=2), max_age=timedelta(minutes=1)
    )


def test_a_fetch_that_leaves_for_another_host_goes_on_from_there(make_fetcher, origin):
    """As if it had never stopped: credentials, validators and hops stay what they were."""
    ports = [f"{host}.example:{origin.port}" for host in "ab"]
    fetcher = make_fetcher(resolver=lambda *_: ["127.0.0.1"], allow_private=ports)
    redirect(origin, "/feed", "/near", 301)
    redirect(origin, "/near", f"http://{ports[1]}/there", 301)
    redirect(origin, "/there", "/news", 301)
    origin.answers("/news", FEED)
    asked = FetchRequest(
        source_id="s",
        url=f"http://{ports[0]}/feed",
        auth=("reader", "SECRETPW"),
        validators=Validators(etag=b'"1"'),
        leaves=True,
    )

    with pytest.raises(LedElsewhere) as led:
        fetcher.fetch(asked, now=NOW)
    before = len(origin.heard)
    resumed = replace(asked, resumed=led.value.elsewhere)
    fetched = fetcher.fetch(resumed, now=NOW)

    assert (led.value.elsewhere.host, before) == ("b.example", 2)
    assert timedelta(0) < led.value.elsewhere.left < timedelta(seconds=5)
    assert fetched.moved_to == fetched.url == f"http://{ports[1]}/news"
    assert [heard.path for heard in origin.heard][before:] == ["/there", "/news"]
    for heard in origin.heard[before:]:
        assert heard.header("authorization") is None
        assert heard.header("if-none-match") is None


def test_a_circle_is_noticed(origin, fetch):
    """N11: loop of 2."""
    redirect(origin, "/a", "/b")
    redirect(origin, "/b", "/a")

    with pytest.raises(FetchError, match="in a circle"):
        fetch(origin.url("/a"))

    assert len(origin.heard) == 2


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (b"/caf\xe9", "/caf%E9"),
        ("/caf\N{LATIN SMALL LETTER E WITH ACUTE}".encode(), "/caf%C3%A9"),
        (b"/a b?c d", "/a%20b?c%20d"),
        (b"next?x=%7e", "/dir/next?x=%7e"),
        (b"../up", "/up"),
        (b"?only=query", "/dir/feed?only=query"),
        (b"/f#fragment", "/f"),
        (b"\\back\\slash", "/back/slash"),
        (b"/!$&'()*+,;=@~%21?!\"<>[]^`{|}~", "/!$&'()*+,;=@~%21?!\"<>[]^`{|}~"),
    ],
)
def test_an_odd_location_is_followed_as_a_browser_would(origin, fetch, location, path):
    """N11: Location with raw byte E9, with spaces; P19: no fragment."""
    redirect(origin, "/dir/feed", location)
    origin.answers(path, FEED)

    assert fetch(origin.url("/dir/feed")).body == FEED
    assert origin.heard[-1].path == path


@pytest.mark.parametrize(
    "location",
    [
        b"",
        b"/x\rSet-Cookie: a=b",
        b"/x\x00",
        b"/" + b"x" * 70_000,
        b"/" + b"x" * 9_000,
        b"file:///etc/passwd",
        b"ftp://a.example/",
        b"gopher://a.example/",
        b"data:text/xml,<rss/>",
        b"javascript:alert(1)",
        b"http://",
        b"http://[::1",
        b"http://a.example:99999/",
        b"//\xff\xfe/",
    ],
)
def test_a_location_that_leads_nowhere_is_a_sentence(origin, fetch, location):
    """N11: empty, with CR LF, 70 KB: no exception past the fetcher."""
    redirect(origin, "/feed", location)

    with pytest.raises(FetchError) as failure:
        fetch(origin.url("/feed"))

    assert failure.value.problem in {"redirect", "protocol"}
    assert len(origin.heard) == 1


def test_a_redirect_without_location_is_a_sentence(origin, fetch):
    """N11: no exception past the fetcher."""
    origin.answers("/feed", status=301)

    with pytest.raises(FetchError, match="without saying where to"):
        fetch(origin.url("/feed"))


def test_the_body_of_a_redirect_is_not_read(origin, fetch):
    """N9: requests reads it whole, even with redirects off."""
    head = b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 9\r\n\r\n"
    origin.sends("/feed", head, 3600.0)
    origin.answers("/next", FEED)

    assert fetch(origin.url("/feed")).body == FEED


def test_nothing_personal_reaches_another_origin(origin, fetch):
    """N12: Authorization, key, cookie and validators all absent there."""
    with Origin() as stranger:
        redirect(origin, "/feed", stranger.url("/feed"))
        stranger.answers("/feed", FEED, headers=[("ETag", '"theirs"')])

        fetched = fetch(
            origin.url("/feed"),
            auth=("ed", "SECRETPW"),
            headers=(("X-Api-Key", "SECRETKEY"), ("Cookie", "SECRET=1")),
            validators=Validators(etag=b'"SECRET"', last_modified=b"SECRET"),
        )

    assert origin.heard[0].header("x-api-key") == b"SECRETKEY"
    assert origin.heard[0].header("if-none-match") == b'"SECRET"'
    (heard,) = stranger.heard
    assert b"SECRET" not in heard.raw
    assert not any(map(heard.header, ("authorization", "x-api-key", "referer")))
    assert fetched.validators == Validators(etag=b'"theirs"', url=stranger.url("/feed"))


def test_a_chain_that_comes_back_does_not_get_its_credentials_back(origin, fetch):
    """N12: once it has left the first origin it has left it."""
    with Origin() as stranger:
        redirect(origin, "/feed", stranger.url("/there"))
        redirect(stranger, "/there", origin.url("/back"))
        origin.answers("/back", FEED)

        fetch(origin.url("/feed"), auth=("ed", "pw"), headers=(("X-Api-Key", "k"),))

    assert origin.heard[1].header("authorization") is None
    assert origin.heard[1].header("x-api-key") is None


def test_nothing_personal_reaches_a_second_page_of_another_origin(origin, fetch):
    """N12: 0 leaks, also where a later hop stays within its own origin."""
    with Origin() as stranger:
        redirect(origin, "/feed", stranger.url("/there"))
        redirect(stranger, "/there", "/further")
        stranger.answers("/further", FEED)

        fetch(
            origin.url("/feed"),
            auth=("ed", "SECRETPW"),
            headers=(("X-Api-Key", "SECRETKEY"),),
            validators=Validators(etag=b'"SECRET"'),
        )

    assert [heard.path for heard in stranger.heard] == ["/there", "/further"]
    assert not any(b"SECRET" in heard.raw for heard in stranger.heard)
    assert stranger.heard[1].header("authorization") is None


def test_a_redirect_within_the_origin_keeps_everything(origin, fetch):
    redirect(origin, "/feed", "/next")
    origin.answers("/next", status=304)
    held = Validators(etag=b'"1"', url=origin.url("/next"))

    fetch(origin.url("/feed"), auth=("ed", "pw"), validators=held)

    assert origin.heard[1].header("authorization") == b"Basic ZWQ6cHc="
    assert origin.heard[1].header("if-none-match") == b'"1"'


def test_credentials_in_a_location_are_dropped(origin, fetch):
    redirect(origin, "/feed", origin.url("/next").replace("//", "//ed:pw@"))
    origin.answers("/next", FEED)

    assert fetch(origin.url("/feed")).url == origin.url("/next")
    assert origin.heard[1].header("authorization") is None


def test_validators_from_the_end_of_a_redirect_go_back_there_only(origin, fetch):
    """P8, N12: conditional where the document is, silent elsewhere."""
    with Origin() as platform:
        redirect(origin, "/feed", platform.url("/feed"))
        platform.answers("/feed", FEED, headers=[("ETag", '"1"')])
        platform.answers("/feed", status=304, headers=[("ETag", '"2"')])
        first = fetch(origin.url("/feed"))

        second = fetch(origin.url("/feed"), validators=first.validators)

    assert origin.heard[1].header("if-none-match") is None
    assert platform.heard[1].header("if-none-match") == b'"1"'
    assert second.validators == Validators(etag=b'"2"', url=platform.url("/feed"))


def test_validators_of_one_document_are_not_shown_to_another(origin, fetch):
    """P2: this month's feed has the ETag that last month's had, and is another one."""
    redirect(origin, "/feed", "/november")
    origin.answers("/november", FEED, headers=[("ETag", '"v1"')])
    origin.answers("/december", FEED + b"<!-- new -->", headers=[("ETag", '"v1"')])
    first = fetch(origin.url("/feed"))
    origin.forgets("/feed")
    redirect(origin, "/feed", "/december")

    second = fetch(origin.url("/feed"), validators=first.validators)

    assert first.validators == Validators(etag=b'"v1"', url=origin.url("/november"))
    assert [heard.header("if-none-match") for heard in origin.heard] == [None] * 4
    assert second.validators == Validators(etag=b'"v1"', url=origin.url("/december"))


def test_validators_of_the_address_itself_are_not_shown_where_it_leads_now(
    origin, fetch
):
    """P2: what is there may have been written before, and nobody has read it."""
    held = Validators(last_modified=b"Mon, 01 Jun 2026 10:00:00 GMT")
    redirect(origin, "/feed", "/new-feed")
    origin.answers("/new-feed", FEED)

    fetch(origin.url("/feed"), validators=held)

    since = [heard.header("if-modified-since") for heard in origin.heard]
    assert since == [held.last_modified, None]


def test_validators_go_back_to_an_address_that_is_signed_anew(origin, fetch):
    """P8: every request but the first for a document is conditional."""
    redirect(origin, "/feed", "/store?signature=1")
    origin.answers("/store", FEED, headers=[("ETag", '"v1"')])
    origin.answers("/store", status=304)
    first = fetch(origin.url("/feed"))
    origin.forgets("/feed")
    redirect(origin, "/feed", "/store?signature=2")

    second = fetch(origin.url("/feed"), validators=first.validators)

    assert isinstance(second, NotModified)
    assert origin.heard[-1].header("if-none-match") == b'"v1"'


def test_a_learned_address_elsewhere_gets_nothing_personal(origin, fetch):
    """N12: a redirect that was believed is a redirect all the same, 0 leaks."""
    with Origin() as stranger:
        stranger.answers("/feed", FEED, headers=[("ETag", '"theirs"')])
        stranger.answers("/feed", status=304)
        personal = {
            "home": origin.url("/feed").replace("//", "//ed:SECRETPW@"),
            "auth": ("ed", "SECRETPW"),
            "headers": (("X-Api-Key", "SECRETKEY"),),
        }

        first = fetch(
            stranger.url("/feed"), validators=Validators(etag=b'"SECRET"'), **personal
        )
        second = fetch(stranger.url("/feed"), validators=first.validators, **personal)

    assert not any(b"SECRET" in heard.raw for heard in stranger.heard)
    assert not any(heard.header("authorization") for heard in stranger.heard)
    assert stranger.heard[1].header("if-none-match") == b'"theirs"'
    assert second == NotModified(url=first.url, validators=first.validators)


def test_a_learned_address_at_home_keeps_the_credentials_of_the_configured_one(
    origin, fetch
):
    origin.answers("/new", FEED)

    fetch(origin.url("/new"), home=origin.url("/old").replace("//", "//ed:pw@"))

    assert origin.heard[0].header("authorization") == b"Basic ZWQ6cHc="
