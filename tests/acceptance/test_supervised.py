"""What a supervisor such as systemd hears of the service."""

import signal
import socket

import pytest

from aggregator.app.supervisor import ALIVE, READY, STOPPING, nobody, supervisor
from tests.installation import PATIENCE, Installation


@pytest.fixture
def heard(tmp_path):
    """A socket such as systemd listens on, in the abstract namespace."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0{tmp_path}")
        listener.settimeout(PATIENCE)
        yield listener


def until(heard, state):
    """Return all that is heard up to a state."""
    states = []
    while state not in states:
        states.append(heard.recv(100).decode())
    return states


def test_a_service_says_that_it_is_ready_alive_and_stopping(
    tmp_path, heard, monkeypatch
):
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{tmp_path}")
    at = Installation(tmp_path, {}, port=0)

    with at.start("run") as process:
        try:
            assert until(heard, READY)[-1] == READY
            assert until(heard, ALIVE)[-1] == ALIVE
            process.send_signal(signal.SIGTERM)
            assert set(until(heard, STOPPING)) <= {ALIVE, STOPPING}
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def test_a_supervisor_that_is_gone_or_busy_does_not_stop_us(tmp_path, heard):
    tell = supervisor({"NOTIFY_SOCKET": f"@{tmp_path}"})
    for _ in range(10_000):  # nobody reads: the queue is full long before
        tell(ALIVE)
    heard.close()

    tell(ALIVE)


@pytest.mark.parametrize(
    "environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:1:2"}]
)
def test_nobody_is_told_where_nobody_asked(environ):
    assert supervisor(environ) is nobody
