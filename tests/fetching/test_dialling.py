"""What is dialled: the address that was checked, and no other."""

import errno
import socket
from datetime import timedelta

import pytest
from origin import Origin

from aggregator.errors import FetchError
from aggregator.fetching import Fetcher, dialling
from aggregator.fetching.guard import Guard
from aggregator.model import FetchLimits, FetchRequest

PUBLIC = "93.184.216.34"
FEED = b"<rss/>"


def ask(fetcher, url):
    return fetcher.fetch(FetchRequest(source_id="s", url=url), now=None)


@pytest.fixture
def strict():
    """A fetcher as it comes: nothing private is allowed."""
    fetcher = Fetcher(FetchLimits(timeout=timedelta(seconds=2)), contact="x")
    yield fetcher
    fetcher.close()


FORMS = [
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.1",
    "127.0.1",
    "127.000.000.001",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "user@127.0.0.1",
    "a.example@127.0.0.1",
    "localhost",
    "LOCALHOST",
    "%31%32%37.0.0.1",
    "\N{FULLWIDTH DIGIT ONE}27.0.0.1",
    "127\N{IDEOGRAPHIC FULL STOP}0.0.1",
]


@pytest.mark.parametrize("form", FORMS)
def test_no_notation_of_loopback_is_dialled(origin, strict, form):
    """N1: refused; no packet reaches the listener."""
    with pytest.raises(FetchError) as failure:
        ask(strict, f"http://{form}:{origin.port}/feed")

    assert failure.value.problem == "blocked"
    assert origin.connections == 0


@pytest.mark.parametrize(
    "form", ["127.0.0.1.", "127.0.0.1\\@a.example", "localhost.", "[::1%25lo]"]
)
def test_what_only_looks_like_loopback_is_not_dialled_either(origin, strict, form):
    """N1: refused; no packet reaches the listener."""
    with pytest.raises(FetchError):
        ask(strict, f"http://{form}:{origin.port}/feed")

    assert origin.connections == 0


@pytest.mark.parametrize(
    "location",
    [f"http://{form}:PORT/feed" for form in FORMS]
    + ["http://169.254.169.254/latest/meta-data/", "//127.0.0.2:PORT/"]
    + ["http:/\\127.0.0.2:PORT/", "http:\\\\127.0.0.2:PORT/", "/\\127.0.0.2:PORT/"],
)
def test_no_redirect_leads_to_an_address_inside(origin, make_fetcher, location):
    """N2: refused at that hop."""
    fetcher = make_fetcher(allow_private=(f"127.0.0.1:{origin.port}",))
    with Origin(host="0.0.0.0") as inside:
        there = location.replace("PORT", str(inside.port))
        origin.answers("/feed", status=302, headers=[("Location", there)])
        with pytest.raises(FetchError) as failure:
            ask(fetcher, origin.url("/feed"))

    assert failure.value.problem == "blocked"
    assert inside.connections == 0
    assert len(origin.heard) == 1


def test_what_is_not_dialled_is_named_as_it_can_be_listed():
    """An operator copies it: of `::1:9001` a network of one address would be made."""
    fetcher = Fetcher(FetchLimits(), contact="x", resolver=lambda *_: [])

    with pytest.raises(FetchError) as refused:
        ask(fetcher, "http://[::1]:9001/feed")
    named = str(refused.value).partition(" is not dialled")[0]

    assert named == "[::1]:9001"
    assert Guard([named]).refusal("::1", "::1", 9001) is None


def test_the_checked_address_is_the_connected_one(origin, make_fetcher):
    """N3: one resolution per connection; Host stays the host name."""
    asked = []

    def rebinding(host, port):
        asked.append((host, port))
        return [PUBLIC if len(asked) > 1 else "127.0.0.1"]

    fetcher = make_fetcher(resolver=rebinding)
    origin.answers("/feed", FEED)

    ask(fetcher, origin.url("/feed", host="rebinding.example"))

    assert asked == [("rebinding.example", origin.port)]
    host = b"rebinding.example:%d" % origin.port
    assert origin.heard[0].header("host") == host


def test_a_name_that_turns_inside_is_refused_when_it_does(origin):
    """N3: a resolver that answers a public address first and 127.0.0.1 next."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    fetcher = Fetcher(
        FetchLimits(timeout=timedelta(seconds=0.2)),
        contact="x",
        resolver=lambda *_: next(answers),
    )
    url = origin.url("/feed", host="rebinding.example")
    with pytest.raises(FetchError):
        ask(fetcher, url)

    with pytest.raises(FetchError) as failure:
        ask(fetcher, url)

    assert failure.value.problem == "blocked"
    assert origin.connections == 0


def test_of_several_addresses_only_allowed_ones_are_tried(origin, make_fetcher):
    """N3: every address is checked; the next is tried when one does not answer."""
    with socket.create_server(("127.0.0.3", 0)) as closed:
        unused = closed.getsockname()[1]
    with Origin(host="127.0.0.2") as inside:
        fetcher = make_fetcher(
            allow_private=("127.0.0.1/32", "127.0.0.3/32"),
            resolver=lambda *_: ["127.0.0.2", "127.0.0.3", "127.0.0.1"],
        )
        origin.answers("/feed", FEED)

        ask(fetcher, origin.url("/feed", host="several.example"))

        assert (inside.connections, origin.connections) == (0, 1)
    assert unused != origin.port


@pytest.mark.parametrize("port", [22, 25, 6379])
def test_a_port_of_another_service_is_not_dialled(make_fetcher, port):
    """N5: odd ports refused unless listed."""
    fetcher = make_fetcher(resolver=lambda *_: [PUBLIC])

    with pytest.raises(FetchError, match=f"port {port} is not one") as failure:
        ask(fetcher, f"http://a.example:{port}/feed")

    assert failure.value.problem == "blocked"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "there is no such host"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "name server does not answer"),
        (OSError("x"), "cannot be looked up"),
        (UnicodeError("label too long"), "cannot be looked up"),
    ],
)
def test_a_name_without_address_is_a_sentence(make_fetcher, error, reason):
    def failing(_host, _port):
        raise error

    with pytest.raises(FetchError, match=reason) as failure:
        ask(make_fetcher(resolver=failing), "http://a.example/feed?token=SECRETTOK")

    assert failure.value.problem == "dns"
    assert "SECRETTOK" not in str(failure.value)


def test_an_empty_answer_is_no_address(make_fetcher):
    with pytest.raises(FetchError, match="no address"):
        ask(make_fetcher(resolver=lambda *_: []), "http://a.example/feed")


def test_a_closed_port_is_a_sentence(origin, make_fetcher):
    url = origin.url("/feed?token=SECRETTOK")
    origin.stop()

    with pytest.raises(FetchError, match="/feed: it refused the connection") as failure:
        ask(make_fetcher(), url)

    assert failure.value.problem == "refused"


def told(fetcher, url="http://a.example/feed"):
    with pytest.raises(FetchError) as failure:
        ask(fetcher, url)
    return failure.value.unreached


@pytest.mark.parametrize(
    ("code", "expected"),
    [(socket.EAI_AGAIN, "network"), (socket.EAI_NONAME, "host")],
)
def test_no_name_server_is_our_networks_fault_and_no_such_name_is_not(
    make_fetcher, code, expected
):
    """O5: what tells that our own network is down."""

    def failing(*_):
        raise socket.gaierror(code, "no")

    assert told(make_fetcher(resolver=failing)) == expected


def test_a_host_that_refuses_was_reached_by_our_network_and_no_route_was_not(
    make_fetcher, monkeypatch
):
    """O5: of several addresses that one counts which left this machine."""

    def dialled(address, *_):
        raise OSError(errno.ENETUNREACH if ":" in address else errno.ECONNREFUSED, "no")

    monkeypatch.setattr(dialling, "_connect", dialled)
    both, v6 = ["2001:470::1"] * 2, ["2001:470::1"]

    assert told(make_fetcher(resolver=lambda *_: v6)) == "network"
    assert told(make_fetcher(resolver=lambda *_: [PUBLIC, *both])) == "host"


def test_an_answer_that_leads_nowhere_shows_that_our_network_is_up(
    origin, make_fetcher
):
    """O5: a redirect came, so somebody was reached."""
    headers = [("Location", "http://nowhere.example/")]
    origin.answers("/feed", status=302, headers=headers)
    origin.answers("/broken", status=500)

    def failing(*_):
        raise socket.gaierror(socket.EAI_AGAIN, "no")

    fetcher = make_fetcher(resolver=failing)
    assert told(fetcher, origin.url("/feed")) is None
    assert told(fetcher, origin.url("/broken")) is None
