"""What can be asked of the API, said once: routes, checks and OpenAPI come from it."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct
from starlette.requests import Request

ROOT = "/api/v1"

Schema = Mapping[str, Any]
Asked = Mapping[str, Any]
Answer = Callable[[Request, Asked], Any]

# The id of a source or a publication.
NAME: Schema = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"}


class Parameter(Struct, frozen=True, kw_only=True):
    """One thing that can be said with a request.

    `schema` is JSON Schema, of the part that `values` understands: type `string` with
    pattern, length or format `date-time`, and type `integer` with bounds and default.
    A path parameter that does not fit is a 404, any other one a 400.
    """

    name: str
    text: str
    schema: Schema
    place: Literal["query", "path"] = "query"
    required: bool = False


class Operation(Struct, frozen=True, kw_only=True):
    """One GET: its path below ROOT, and the function that answers it.

    `answer` returns what is written as JSON, in the form that `schemas` has under
    `returns`; a Page of a list is written with the address of the next one. `refusals`
    are the statuses it can answer beside those that every operation can.
    """

    id: str
    path: str
    summary: str
    text: str
    returns: str
    answer: Answer
    parameters: tuple[Parameter, ...] = ()
    refusals: tuple[int, ...] = ()
