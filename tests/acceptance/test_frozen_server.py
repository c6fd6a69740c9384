"""A database server that froze: its kernel answers for it, and nothing else does."""

import signal
import socket
import threading
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import make_url

from tests.acceptance.test_service import running
from tests.acceptance.test_worker import needs_postgresql
from tests.installation import Installation
from tests.store.databases import schema

SOON = 25  # seconds; twelve, and what a busy machine takes to end a process


class Proxy:
    """Stands before a server and passes on what both say, until it is frozen."""

    def __init__(self, host, port):
        self._server, self._goes_on = (host, port), threading.Event()
        self._goes_on.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self):
        self._goes_on.clear()

    def close(self):
        self._goes_on.set()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._server)
                self._sockets += near, far
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source, sink):
        with suppress(OSError):
            while said := source.recv(65_536):
                self._goes_on.wait()
                sink.sendall(said)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def behind_a_proxy(folder, origin):
    """Yield an installation whose store is behind a proxy, and the proxy."""
    with schema() as url:
        server = make_url(url)
        proxy = Proxy(server.host, server.port or 5432)
        try:
            store = server.set(host="127.0.0.1", port=proxy.port)
            yield (
                Installation(
                    folder,
                    {"a": origin.url("/feed")},
                    store=store.render_as_string(hide_password=False),
                ),
                proxy,
            )
        finally:
            proxy.close()


@needs_postgresql
@pytest.mark.parametrize("command", ["scheduler", "worker"])
def test_a_service_ends_in_time_although_its_server_froze(tmp_path, origin, command):
    """It waited for the answer to a question of its last tick, for ever."""
    with behind_a_proxy(tmp_path, origin) as (at, proxy):
        at.run("publish")
        with running(at, command) as process:
            proxy.freeze()

            process.send_signal(signal.SIGTERM)

            assert process.wait(SOON) == 0
