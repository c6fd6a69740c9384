"""Who calls on the web server can hold little of the process that polls."""

import http.client
import resource
import socket
import struct
from contextlib import ExitStack, suppress
from threading import Event
from time import monotonic

import pytest

from aggregator.app import callers, pages
from aggregator.app.wire import Wire
from aggregator.model import Config
from tests import emptystore
from tests.builders import NOON

MOST = 20
HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server for twenty connections, on a port of its own."""
    monkeypatch.setattr(pages, "most_connections", lambda: MOST)
    config = Config(
        folder=tmp_path,
        store=emptystore.at(tmp_path),
        output=tmp_path / "public",
        listen=("127.0.0.1", 0),
    )
    wire = Wire(config, clock=lambda: NOON)
    server = pages.WebServer(wire)
    server.start()
    yield server
    server.stop()
    wire.close()


@pytest.fixture
def port(server):
    return server._socket.getsockname()[1]


@pytest.fixture
def calls(port):
    """Open a connection to the server; they end with the test."""
    with ExitStack() as open_ones:

        def call(said=b""):
            made = socket.create_connection(("127.0.0.1", port), timeout=10)
            open_ones.enter_context(made)
            made.sendall(said)
            return made

        yield call


def status(port, path="/-/healthy", method="GET", body=None, **headers):
    """Return the status of an answer, over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, headers)
    found = connection.getresponse().status
    connection.close()
    return found


def asked(connection):
    """Ask over a connection that is open, and return what the server says."""
    connection.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
    return heard(connection)


def heard(connection):
    """Return what the server says, nothing if it ended the connection."""
    with suppress(ConnectionError):
        return connection.recv(1024)
    return b""


def hang_up(connection):
    """End a connection at once, whatever is still to come on it."""
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()


def test_who_just_comes_is_answered_however_many_others_say_nothing(port, calls):
    """A14: a thousand of them took all files, and nothing was polled or served."""
    silent = [calls(HALF_A_HEAD) for _ in range(5 * MOST)]

    assert status(port) == 200
    assert [heard(each) for each in silent[: 4 * MOST]] == [b""] * 4 * MOST


def test_of_too_many_connections_that_of_who_spoke_last_stays(port, calls):
    speaking, *silent = [calls() for _ in range(MOST)]
    for each in (*silent, speaking):
        assert asked(each).startswith(b"HTTP/1.1 200")

    for _ in range(MOST - 2):
        calls(HALF_A_HEAD)
    newest = status(port)

    assert newest == 200
    assert asked(speaking).startswith(b"HTTP/1.1 200")
    assert heard(silent[0]) == b""


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /",
        HALF_A_HEAD + b"X: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
    ],
    ids=["address", "header", "trailer"],
)
def test_a_head_that_never_ends_is_not_kept_in_memory(calls, begun):
    """One connection took all the memory that there was."""
    endless = calls(begun)

    with suppress(ConnectionError):
        endless.sendall(b"x" * 8 * callers.LONGEST_HEAD)

    answers = []
    while said := heard(endless):
        answers.append(said)
    assert b"".join(answers)[:12] in {b"", b"HTTP/1.1 431", b"HTTP/1.1 405"}


def test_what_is_long_but_ends_is_read(port):
    body = b"x" * 4 * callers.LONGEST_HEAD

    assert status(port, **{"if-none-match": '"' + "x" * 200_000 + '"'}) == 200
    assert status(port, "/-/healthy?" + "x" * 60_000) == 200
    assert status(port, method="POST", body=body) == 405


def test_who_leaves_between_two_questions_is_no_error_of_ours(
    server, calls, monkeypatch, caplog
):
    """A14: a stranger filled the log with errors, one for each connection."""
    asked_for, left = Event(), Event()

    def slow_now(_):
        asked_for.set()
        assert left.wait(10)
        return NOON

    monkeypatch.setattr(pages.Newsroom, "now", slow_now)
    questions = [
        b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % at for at in (b"/about", b"/", b"/")
    ]
    caller = calls(b"".join(questions))
    assert asked_for.wait(10)  # the second is being answered

    hang_up(caller)
    assert heard(calls(b"nonsense\r\n\r\n"))  # whatever came before is known by now
    left.set()
    server.stop()

    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


def test_a_stop_waits_for_no_form_that_never_ends(server, calls, caplog):
    """A14: it took 5.5 s, and an error stood in the log for each of them."""
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n"
    head = b"POST /status/sign-in HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n"
    slow = calls(head + form + b"\r\ntoken=")
    assert asked(calls()).startswith(b"HTTP/1.1 200")
    began = monotonic()

    server.stop()

    assert heard(slow) == b""
    assert monotonic() - began < pages.LINGER / 2
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


def test_who_asks_for_a_websocket_is_answered_as_anybody_else(port):
    """A11: it was a 403 without any header of ours; this server speaks HTTP only."""
    asked = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": "AQIDBAUGBwgJCgsMDQ4PEA==",
        "sec-websocket-version": "13",
    }

    assert status(port, **asked) == 200


@pytest.mark.parametrize(
    ("files", "most"),
    [(1024, 512), (1_048_576, callers.MOST), (resource.RLIM_INFINITY, callers.MOST)],
)
def test_half_of_the_files_that_may_be_open_are_left_to_polls(monkeypatch, files, most):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))

    assert callers.most_connections() == most
