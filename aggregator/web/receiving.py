"""Read the body of a request, bounded in size and in time.

Whoever sends without end, or begins and says no more, must not hold memory or a
connection for that.
"""

import asyncio
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

LONGEST = 30.0  # seconds that a body may take


async def receive(
    request: Request, take: Callable[[bytes], object], *, most: int, noun: str
) -> None:
    """Give a body to `take` as it comes in, `most` bytes of it.

    Raises HTTPException for what is larger, takes too long or breaks off; `noun` is what
    it is called there.
    """
    size = 0
    try:
        async with asyncio.timeout(LONGEST):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise HTTPException(413, detail=f"The {noun} is too large.")
                take(part)
    except TimeoutError:
        raise HTTPException(408, detail=f"The {noun} took too long.") from None
    except ClientDisconnect:
        raise HTTPException(400, detail=f"The {noun} broke off.") from None
