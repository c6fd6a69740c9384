"""The API described for programs: OpenAPI 3.1, made from the table of operations.

Source: OpenAPI Specification 3.1.1; RFC 8288 (Link), RFC 9457 (problems).
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from aggregator.web.api.description import ROOT, Operation, Parameter
from aggregator.web.api.problems import MEDIA_TYPE as PROBLEM
from aggregator.web.api.schemas import SCHEMAS, to

JSON = "application/json"
# What every operation can answer beside its own.
EVERYWHERE = (400, 405, 406, 500, 503)


def document(
    operations: Iterable[Operation], *, title: str, base_url: str
) -> dict[str, Any]:
    """Return the description of these operations of a site at a public address."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": title,
            "version": "1",
            "summary": "Reports of other agencies, in their own words.",
            "description": (
                "For reading only. The words of a report are its source's; show its "
                "`credit`, with the address, wherever you show it."
            ),
        },
        "servers": [{"url": f"{base_url}{ROOT}"}],
        "paths": {each.path: {"get": _operation(each)} for each in operations},
        "components": {
            "schemas": SCHEMAS,
            "responses": {
                str(status): _refusal(status) for status in (*EVERYWHERE, 404, 410)
            },
            "headers": _HEADERS,
        },
    }


_HEADERS = {
    "ETag": {
        "description": "For If-None-Match, which is answered with 304.",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": 'The address of the next page, with `rel="next"`.',
        "schema": {"type": "string"},
    },
}


def _operation(said: Operation) -> dict[str, Any]:
    paged = any(each.name == "cursor" for each in said.parameters)
    names = ("ETag", "Link") if paged else ("ETag",)
    refusals = {str(status) for status in (*EVERYWHERE, *said.refusals)}
    return {
        "operationId": said.id,
        "summary": said.summary,
        "description": said.text,
        "parameters": [_parameter(each) for each in said.parameters],
        "responses": {
            "200": {
                "description": said.summary,
                "headers": {
                    name: {"$ref": f"#/components/headers/{name}"} for name in names
                },
                "content": {JSON: {"schema": to(said.returns)}},
            },
            "304": {"description": "What If-None-Match named is still right."},
            **{
                status: {"$ref": f"#/components/responses/{status}"}
                for status in sorted(refusals)
            },
        },
    }


def _parameter(said: Parameter) -> dict[str, Any]:
    return {
        "name": said.name,
        "in": said.place,
        "description": said.text,
        "required": said.required,
        "schema": dict(said.schema),
    }


def _refusal(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM: {"schema": to("Problem")}},
    }
