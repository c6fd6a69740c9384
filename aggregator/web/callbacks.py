"""The addresses at which hubs tell of news (WebSub): one for each subscription.

In: what a hub asks or sends. Out: its own challenge, if we asked for what it confirms;
that its message was taken, whether it is believed or not; 404 for every other address.
A message is read only to see who signed it.
"""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from aggregator.web.health import NEVER_KEPT
from aggregator.web.receiving import receive
from aggregator.web.rendering import newsroom_of
from aggregator.websub import ROOT

_CHALLENGE = 2_000  # characters, more than any hub sends


async def callback(request: Request) -> Response:
    """Answer a hub; see the module."""
    if request.method == "POST":
        return await _message(request)
    if request.method != "GET":  # Starlette lets HEAD in with it
        raise HTTPException(405)
    return await run_in_threadpool(_question, request)


def _question(request: Request) -> Response:
    """Return the challenge of a hub that asks whether we meant it."""
    said = request.query_params
    challenge = said.get("hub.challenge", "")
    if len(challenge) > _CHALLENGE:
        raise HTTPException(400)
    newsroom, place = newsroom_of(request), request.path_params
    if not newsroom.hubs.confirm(place["source"], place["token"], said):
        raise HTTPException(404)
    return PlainTextResponse(challenge, headers=NEVER_KEPT)


async def _message(request: Request) -> Response:
    """Take what a hub sends; whoever forged it is told no more than who did not."""
    newsroom, place = newsroom_of(request), request.path_params
    header = request.headers.get("x-hub-signature")
    at = place["source"], place["token"]
    seal = await run_in_threadpool(newsroom.hubs.seal, *at, header)
    if seal is None:
        raise HTTPException(404)
    most = newsroom.config.fetch.max_body
    await receive(request, seal.add, most=most, noun="message")
    if seal.holds():
        await run_in_threadpool(newsroom.hubs.heard, *at, seal.signature)
    return Response(status_code=202, headers=NEVER_KEPT)


ROUTE = Route(ROOT + "{source}/{token}", callback, methods=["GET", "POST"])
