"""A WebSub hub on loopback: it keeps what it is asked, confirms, and tells of news.

with Hub() as hub:
    ... a subscriber asks hub.url ...
    hub.asked                          # forms, as dicts
    hub.confirms = False               # it asks nobody back
    hub.tells(b"news")                 # 202, if the subscriber takes it
"""

import hmac
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

CHALLENGE = "challenge-of-the-hub"


class Hub:
    """The server; a context manager. `verified` are its callers' answers."""

    def __init__(self):
        self.asked = []
        self.verified = []
        self.confirms = True
        self.answers = 202
        hub = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                form = dict(parse_qsl(body.decode(), strict_parsing=True))
                hub.asked.append(form)
                if hub.confirms:  # before it answers, as some do
                    hub.verified.append(hub.questions(form))
                self.send_response(hub.answers)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hub"
        threading.Thread(target=self._server.serve_forever, args=(0.01,)).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def questions(self, form, **said):
        """Ask the callback of a form what a hub asks; return (status, body)."""
        said = {
            "mode": "subscribe",
            "topic": form["hub.topic"],
            "challenge": CHALLENGE,
            "lease_seconds": form["hub.lease_seconds"],
        } | said
        query = urlencode({f"hub.{name}": value for name, value in said.items()})
        return ask("GET", f"{form['hub.callback']}?{query}")

    def tells(self, message, *, method="sha256", secret=None, form=-1):
        """Send a signed message to a callback; return the status."""
        form = self.asked[form]
        key = (secret or form["hub.secret"]).encode()
        signed = f"{method}={hmac.new(key, message, method).hexdigest()}"
        return sent(form, message, {"X-Hub-Signature": signed})


def sent(form, message, headers):
    """Send a message as it is to the callback of a form; return the status."""
    return ask("POST", form["hub.callback"], message, headers)[0]


def ask(method, url, body=None, headers=None):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
