"""Keep the secrets of a source out of sentences that quote its server."""

from aggregator.config.addresses import secrets
from aggregator.model import Source

# What is shorter is no secret, and may be a part of any word.
SHORTEST_SECRET = 6  # characters


def discreet(text: str, source: Source) -> str:
    """Return a sentence without the secrets of its source.

    It may quote an answer, and servers repeat what they were asked for; where the quote
    is cut in the middle of a secret, its beginning goes, too.
    """
    told = [*secrets(source.url), *(value for _, value in source.headers)]
    if source.auth:
        told.append(source.auth.password)
    for secret in sorted(told, key=len, reverse=True):
        if len(secret) < SHORTEST_SECRET:
            break
        text = text.replace(secret, "***")
        for size in range(len(secret) - 1, SHORTEST_SECRET - 1, -1):
            if text.endswith(secret[:size]):
                text = f"{text[:-size]}***"
    return text
