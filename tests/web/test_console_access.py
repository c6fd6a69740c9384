"""Who gets into the console, and who does not."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOON
from console_house import GUARDED, TOKEN, Listening, Operator, troubled
from house import served
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Mount

from aggregator.model import ConsoleAccess
from aggregator.web import receiving
from aggregator.web.console.guarding import read_form
from aggregator.web.site import application

SOURCE = "fanus"
# What anybody may read. Everything else needs the token; nothing here changes anything.
PUBLIC = {
    "/",
    "/about",
    "/feeds/{name}",
    "/feeds/{name}/archive/{month}",
    "/articles/{id}",
    "/sources",
    "/sources/",
    "/sources/{id}",
    "/sources.opml",
    "/feeds.opml",
    "/search",
    "/opensearch.xml",
    "/-/healthy",
    "/healthz",
    "/-/ready",
    "/readyz",
    "/metrics",
    "/static/{name}",
    "/status",  # leads to /status/
    # Lead to the pages of these names:
    "/about/",
    "/search/",
    "/feeds/{name}/",
    "/articles/{id}/",
    "/sources/{id}/",
}
OPEN = ("/api/v1",)
SIGN_IN = "/status/sign-in"
CALLBACK = "/websub/{source}/{token}"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """A house for all tests here: what a test changes is put back by `house`."""
    return troubled(tmp_path_factory.mktemp("console"))


@pytest.fixture
def house(furnished):
    furnished.at, furnished.desk = NOON, Listening()
    furnished.reconfigure(console=GUARDED)
    return furnished


@pytest.fixture
def site(house):
    with served(house) as running:
        yield running


@pytest.fixture
def operator(site):
    operator = Operator(site)
    operator.sign_in()
    return operator


@pytest.fixture
def alone(house):
    """The house without a token."""
    house.reconfigure(console=ConsoleAccess())
    return house


def routes(house):
    """(method, path) of every route of the app that is served."""
    app = application(house, house.desk)
    while not hasattr(app, "routes"):
        app = next(
            cell.cell_contents
            for cell in app.__closure__
            if callable(cell.cell_contents)
        )
    for route in app.routes:
        if isinstance(route, Mount):
            assert route.path in OPEN
            assert all(
                each.methods <= {"GET", "HEAD"}
                for each in route.routes
                if not isinstance(each, Mount) and each.methods
            )
            continue
        for method in route.methods:
            yield method, route.path


def filled(path):
    return re.sub(r"\{\w+\}", SOURCE, path)


def test_every_route_that_changes_or_shows_config_needs_the_token(house, operator):
    """A1: every route of the app x no, wrong and right credentials."""
    stranger = Operator(operator.site)
    seen = {"public": 0, "guarded": 0}
    for number, (method, path) in enumerate(routes(house)):
        said = {"origin": operator.site.base, "content_type": "x"}
        if path in PUBLIC or path.startswith(OPEN):
            assert method in {"GET", "HEAD"}, path
            seen["public"] += 1
            continue
        if path == SIGN_IN:
            continue
        if path == CALLBACK:  # its own token stands in the address
            status = stranger.asks(method, filled(path)).status
            assert status == (405 if method == "HEAD" else 404)
            continue
        seen["guarded"] += 1
        for wrong in (
            {},
            {"authorization": "Basic bWU6bWU="},
            {"cookie": "mediawire_console=1.2.3"},
        ):
            answer = stranger.asks(method, filled(path), **(said | wrong))
            assert answer.status == 401, (method, path)
            assert SOURCE.encode() not in answer.body
        house.at += timedelta(minutes=number)  # nobody is throttled here
        wrong = {"authorization": "Bearer wrong"}
        assert stranger.asks(method, filled(path), **(said | wrong)).status == 401
        right = operator.asks(
            method, filled(path), **said, authorization=f"Bearer {TOKEN}"
        )
        assert right.status == (415 if method == "POST" else 200), (method, path)

    assert house.desk.told == []
    assert seen["guarded"] == 12
    assert seen["public"] > 20


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"])
@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:{port}", "localhost:{port}", "localhost", "[::1]:{port}"),
        "[::ffff:127.0.0.1]:{port}",
    ],
)
def test_without_a_token_the_console_opens_on_this_machine(alone, host, address):
    """A1: loopback only until a token is set."""
    with served(alone) as site:
        operator = Operator(site, address=address)
        answer = operator.gets(host=host.format(port=site.port))

    assert answer.status == 200


@pytest.mark.parametrize(
    "sign",
    [
        {"x_forwarded_for": "203.0.113.9"},
        {"x_forwarded_for": "127.0.0.1"},
        {"forwarded": "for=127.0.0.1"},
        {"x_forwarded_host": "localhost"},
        {"x_real_ip": "127.0.0.1"},
        {"via": "1.1 proxy"},
        {"host": "wire.example"},
        {"host": "evil.example:8080"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "localhost.evil.example"},
        {"host": "127.0.0.1@evil.example"},
        {"host": "[::1"},
        {"host": ""},
    ],
    ids=str,
)
def test_a_proxy_or_a_strangers_name_is_not_this_machine(alone, sign):
    """A1: behind a proxy everybody comes from loopback; DNS can lead any name here."""
    with served(alone) as site:
        operator = Operator(site)
        operator.gets()
        page = operator.asks("GET", "/status/", **sign)
        act = operator.posts(f"/status/sources/{SOURCE}/poll", **sign)

    assert page.status in {400, 403}
    assert act.status in {400, 403}
    assert SOURCE.encode() not in page.body
    assert alone.desk.told == []


def test_who_is_turned_away_is_asked_for_the_token_where_that_helps(house, site):
    stranger = Operator(site).gets()
    house.reconfigure(console=ConsoleAccess())
    elsewhere = Operator(site).gets(host="wire.example")

    assert (stranger.status, elsewhere.status) == (401, 403)
    assert b'name="token"' in stranger.body
    assert b'name="token"' not in elsewhere.body


def test_a_session_is_a_cookie_that_scripts_and_other_sites_do_not_get(operator, site):
    """A2: HttpOnly, SameSite, Secure where the site is."""
    answer = Operator(site).sign_in()
    cookie = answer.headers["set-cookie"]

    assert answer.status == 303
    assert answer.headers["location"] == "/status/"
    assert {"HttpOnly", "SameSite=strict", "Secure", "Path=/status/"} <= set(
        cookie.split("; ")
    )
    assert TOKEN not in cookie
    assert operator.gets().status == 200


def test_a_session_ends_after_twelve_hours_and_with_another_token(house, operator):
    house.at += timedelta(hours=11, minutes=59)
    assert operator.gets().status == 200
    house.at += timedelta(minutes=1)
    assert operator.gets().status == 401

    operator.sign_in()
    assert operator.gets().status == 200
    house.reconfigure(console=ConsoleAccess(token_digest=b"another" * 4))
    assert operator.gets().status == 401


def test_a_session_cannot_be_made_longer(operator):
    name, _, value = operator.cookie.partition("=")
    ends, nonce, signature = value.split(".")
    operator.cookie = f"{name}={int(ends) + 3600}.{nonce}.{signature}"

    assert operator.gets().status == 401


def test_signing_out_takes_the_cookie_back(operator):
    """A2: on the terms that it was given on, HttpOnly and SameSite among them."""
    answer = operator.posts("/status/sign-out")
    cookie = answer.headers["set-cookie"]

    assert answer.status == 303
    assert {
        "Max-Age=0",
        "HttpOnly",
        "SameSite=strict",
        "Secure",
        "Path=/status/",
    } <= set(cookie.split("; "))


FORGED = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": None},
    {"origin": "https://wire.example.evil.example"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
]


@pytest.mark.parametrize("forged", FORGED, ids=str)
@pytest.mark.parametrize("kept", ["token", "loopback"])
def test_another_site_changes_nothing_with_the_operators_browser(house, kept, forged):
    """A2: cross-site POST with a valid session; wrong or missing Origin."""
    if kept == "loopback":
        house.reconfigure(console=ConsoleAccess())
    with served(house) as site:
        operator = Operator(site)
        if kept == "token":
            operator.sign_in()
        operator.gets()
        answer = operator.posts(f"/status/sources/{SOURCE}/poll", **forged)

    assert answer.status == 403
    assert house.desk.told == []


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_another_site_signs_nobody_in(site, forged):
    """A2: it would try tokens with the addresses of all who visit it."""
    answer = Operator(site).posts("/status/sign-in", {"token": TOKEN}, **forged)

    assert answer.status == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("seal", ["", "0" * 64, "ü"])
def test_a_form_that_is_not_ours_changes_nothing(house, operator, seal):
    """A2: the seal of the form, too."""
    operator.seal = seal
    answer = operator.posts(f"/status/sources/{SOURCE}/pause", {"why": "x"})

    assert answer.status == 403
    assert house.desk.told == []


def test_the_form_of_one_session_is_not_good_for_another(house, operator, site):
    other = Operator(site)
    other.sign_in()
    other.seal = operator.seal

    assert other.posts(f"/status/sources/{SOURCE}/poll").status == 403
    assert house.desk.told == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_changing_takes_a_post(house, operator, method):
    """A2: GET on a changing route."""
    for verb in ("poll", "pause", "resume", "release", "reject"):
        answer = operator.asks(method, f"/status/sources/{SOURCE}/{verb}")
        assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert house.desk.told == []


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data"]
)
def test_only_a_form_is_read(house, operator, kind):
    """A2: other content types on a form route."""
    answer = operator.posts(f"/status/sources/{SOURCE}/poll", content_type=kind)

    assert answer.status == 415
    assert house.desk.told == []


def test_a_form_has_an_end(house, operator):
    assert operator.posts("/status/test", {"url": "h" * 17_000}).status == 413
    assert house.desk.told == []


@pytest.mark.parametrize("path", ["/status/test", "/status/sign-in"])
def test_a_form_of_many_fields_is_refused_whoever_sends_it(house, operator, path):
    """It was a fault of ours, with a traceback, for whoever can reach the console."""
    answer = operator.posts(path, {f"field{number}": "1" for number in range(60)})

    assert answer.status == 413
    assert "too many fields" in answer.text
    assert house.desk.told == []


def test_what_no_database_can_hold_is_not_in_a_form(house, operator):
    answer = operator.posts("/status/withdraw", {"article": "\0", "why": "x"})

    assert answer.status == 409
    assert house.desk.told == []


def test_a_form_that_breaks_off_is_no_fault_of_ours():
    """It was a traceback in the log, for whoever can reach the console."""
    said = [
        {"type": "http.request", "body": b"token=", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive():
        return said.pop(0)

    kind = (b"content-type", b"application/x-www-form-urlencoded")
    request = Request({"type": "http", "headers": [kind]}, receive)

    with pytest.raises(HTTPException, match="broke off"):
        asyncio.run(read_form(request))


def test_a_form_that_comes_too_slowly_is_refused(monkeypatch):
    """A14: whoever sends one is held for no longer than a hub is."""
    monkeypatch.setattr(receiving, "LONGEST", 0.0)

    async def receive():
        await asyncio.sleep(10)

    kind = (b"content-type", b"application/x-www-form-urlencoded")
    request = Request({"type": "http", "headers": [kind]}, receive)

    with pytest.raises(HTTPException, match="took too long") as refused:
        asyncio.run(read_form(request))
    assert refused.value.status_code == 408


def test_a_program_uses_the_token_and_needs_no_form(house, site):
    program = Operator(site)
    answer = program.posts(
        f"/status/sources/{SOURCE}/poll",
        origin=None,
        authorization=f"Bearer {TOKEN}",
    )

    assert answer.status == 303
    assert house.desk.told == [("poll", SOURCE)]


@pytest.mark.parametrize("pasted", [f" {TOKEN}", f"{TOKEN} ", f"\t{TOKEN}\r\n"])
def test_a_token_is_known_with_what_is_pasted_around_it(site, pasted):
    assert Operator(site).sign_in(pasted).status == 303


def test_wrong_tokens_are_slowed_down_where_they_come_from(house, site):
    """A4: 429 with Retry-After after ten; the right token from elsewhere still works."""
    guesser, signed_in = Operator(site), Operator(site)
    signed_in.sign_in()
    statuses = [guesser.sign_in(f"guess {n}").status for n in range(50)]
    statuses += [
        guesser.gets(authorization=f"Bearer guess{n}").status for n in range(50)
    ]
    refused = guesser.sign_in(TOKEN)

    assert statuses == [401] * 10 + [429] * 90
    assert refused.status == 429
    assert 0 < int(refused.headers["retry-after"]) <= 61
    assert Operator(site, address="127.0.0.2").sign_in().status == 303
    assert signed_in.gets().status == 200

    house.at += timedelta(minutes=1)
    assert Operator(site).sign_in().status == 303


def test_what_a_header_says_of_the_address_does_not_help_to_guess(site):
    guesser = Operator(site)
    statuses = {
        guesser.sign_in(f"guess {n}", x_forwarded_for=f"203.0.113.{n}").status
        for n in range(20)
    }

    assert statuses == {401, 429}


@pytest.mark.parametrize(
    "query",
    [
        "next=//evil.example",
        "next=https://evil.example",
        "url=//evil",
        "did=\\evil.example",
    ],
)
def test_nobody_is_led_away_by_a_parameter(operator, query):
    """A10: on every route that leads somewhere."""
    answers = [
        operator.posts(
            f"/status/sources/{SOURCE}/poll?{query}", {"next": "//evil.example"}
        ),
        operator.posts(f"/status/withdraw?{query}", {"article": "a", "why": "b"}),
        operator.posts(f"/status/sign-out?{query}"),
        operator.sign_in(),
        operator.asks("GET", f"/status?{query}"),
    ]
    for answer in answers:
        assert answer.status in {303, 308}
        assert re.fullmatch(r"/status/[a-z/?=]*", answer.headers["location"])
        assert b"evil" not in answer.body


def test_every_page_of_the_console_is_for_one_reader_and_one_origin(operator):
    for path in ("/status/", f"/status/sources/{SOURCE}"):
        headers = operator.gets(path).headers
        policy = headers["content-security-policy"]

        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


def test_no_secret_is_compared_plainly():
    """A3: every comparison of a token or signature takes the same time."""
    room = Path(__file__).parents[2] / "aggregator" / "web" / "console"
    for file in room.glob("*.py"):
        for line in file.read_text().splitlines():
            if re.search(r"token|digest|signature|seal|session", line):
                plain = re.sub(r"is_\w+|is (not )?None", "", line)
                assert not re.search(r"[!=]=", plain), (file.name, line)
