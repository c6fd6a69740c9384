"""Who is told: a webhook and a mail server on loopback that keep what they get."""

import json
import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hook:
    """A webhook: `got` holds (path, headers, JSON); `answers` is the status to give."""

    def __init__(self, tls=None):
        self.got = []
        self.answers = 204
        hook = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.got.append((self.path, dict(self.headers), json.loads(body)))
                self.send_response(hook.answers)
                self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.port = self._server.server_port
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}/hook/SECRET?token=SECRET"
        threading.Thread(target=self._server.serve_forever, args=(0.01,)).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def hook(tls=None):
    receiving = Hook(tls)
    try:
        yield receiving
    finally:
        receiving.close()


class Post:
    """A mail server that speaks the least SMTP (RFC 5321): `mails` are its messages."""

    def __init__(self, *, refuses=b""):
        self.mails = []
        self.recipients = []
        self._refuses = refuses
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self):
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with sock, sock.makefile("rwb") as lines:
                self._talk(lines)

    def _talk(self, lines):
        def say(text):
            lines.write(text + b"\r\n")
            lines.flush()

        say(b"220 post")
        while line := lines.readline():
            verb = line[:4].upper()
            if verb == b"RCPT" and self._refuses:
                say(self._refuses)
            elif verb == b"DATA":
                say(b"354 go on")
                body = []
                while (line := lines.readline()) not in (b".\r\n", b""):
                    body.append(line)
                self.mails.append(b"".join(body))
                say(b"250 taken")
            elif verb == b"QUIT":
                say(b"221 bye")
                return
            else:
                if verb == b"RCPT":
                    self.recipients.append(line.split(b"<")[1].split(b">")[0].decode())
                say(b"250 fine")


@contextmanager
def post(**said):
    receiving = Post(**said)
    try:
        yield receiving
    finally:
        receiving.close()
