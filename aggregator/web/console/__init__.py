"""The operator's console: what is well, what is not, what can be done about it.

In: a Newsroom and a Desk, which the app provides. Out: the routes below `/status`, none
of which does anything for whoever has not the token (see `access`).

access, sessions, throttle    who is the operator
guarding                      the door before every page, forms, and how pages are served
overview, source              the two pages; rows, drawing, advice are what they show
acting                        what can be changed, each by a POST
desk                          what the console asks of the house            → Desk

To add an action: a guarded function in `acting`, its method in Desk, its route below.
"""

from starlette.routing import Route

from aggregator.web.console import acting
from aggregator.web.console.access import Access
from aggregator.web.console.desk import Desk
from aggregator.web.console.overview import moved, overview
from aggregator.web.console.source import source

_SOURCE = "/status/sources/{id}"

ROUTES = [
    Route("/status", moved),
    Route("/status/", overview),
    Route(_SOURCE, source),
    Route("/status/sign-in", acting.sign_in, methods=["POST"]),
    Route("/status/sign-out", acting.sign_out, methods=["POST"]),
    Route("/status/test", acting.test, methods=["POST"]),
    Route("/status/withdraw", acting.withdraw, methods=["POST"]),
    Route(f"{_SOURCE}/poll", acting.poll, methods=["POST"]),
    Route(f"{_SOURCE}/pause", acting.pause, methods=["POST"]),
    Route(f"{_SOURCE}/resume", acting.resume, methods=["POST"]),
    Route(f"{_SOURCE}/release", acting.release, methods=["POST"]),
    Route(f"{_SOURCE}/reject", acting.reject, methods=["POST"]),
]

__all__ = ["ROUTES", "Access", "Desk"]
