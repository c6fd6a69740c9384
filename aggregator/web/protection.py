"""What every answer forbids a browser to do with it.

Nothing we serve runs script, is framed or is guessed to be of another type. A feed may
be opened in a browser as XML, and XML can carry XHTML with script: the `sandbox` keeps
it from running even if it got past cleaning (run in Chromium, see the tests).
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Pictures and sound of articles come from where their publishers keep them.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src http: https: data:; "
    "media-src http: https:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
FEED_POLICY = "default-src 'none'; style-src 'self'; sandbox"

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", PAGE_POLICY.encode()),
)


def protected(app: ASGIApp) -> ASGIApp:
    """Return the app with these headers on every answer that does not set its own."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = message["headers"]
                own = {name for name, _ in said}
                always = (each for each in _ALWAYS if each[0] not in own)
                message["headers"] = [*said, *always]
            await send(message)

        return await app(scope, receive, send_protected)

    return serve
