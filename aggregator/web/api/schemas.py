"""What the API answers with, as JSON Schema: every member named, none left open.

A member that may be null is there all the same: who reads the API needs no case for
what is missing.

Source: JSON Schema 2020-12, as OpenAPI 3.1 has it.
"""

from collections.abc import Mapping
from typing import Any, get_args

from aggregator.model import StateWord

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
# As sources say them: not every one of them is an address that RFC 3986 knows.
ADDRESS: Schema = {"type": "string"}
INDEX: Schema = {"enum": ["noindex", "canonical", "index"]}


def thing(members: Mapping[str, Schema], *, text: str = "") -> Schema:
    """Return the schema of an object that has these members, all of them, no others."""
    described = {"description": text} if text else {}
    return described | {
        "type": "object",
        "properties": dict(members),
        "required": list(members),
        "additionalProperties": False,
    }


def maybe(schema: Schema) -> Schema:
    """Return the schema of what may be null."""
    if list(schema) == ["$ref"] or "enum" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]}


def several(schema: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": schema}


def to(name: str) -> Schema:
    """Return a reference to one of SCHEMAS."""
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(name: str) -> Schema:
    """Return the schema of a page of a list."""
    return thing(
        {"items": several(to(name)), "next": maybe(ADDRESS)},
        text="`next` is the address of the page behind this one, null at the end.",
    )


RIGHTS = thing(
    {
        "holder": maybe(TEXT),
        "notice": maybe(TEXT),
        "license": maybe(ADDRESS),
        "index": INDEX,
    }
)
_LINE: dict[str, Schema] = {
    "id": TEXT,
    "published_id": TEXT | {"description": "Its id in every feed; never changes."},
    "url": maybe(ADDRESS),
    "page_url": ADDRESS,
    "publication": TEXT | {"description": "The publication that shows it like this."},
    "title": TEXT,
    "source_title": TEXT | {"description": "The headline as its source wrote it."},
    "summary": TEXT | {"description": "Its first words, as text; … if it goes on."},
    "credit": TEXT | {"description": "Source and address, to stand under it."},
    "source": thing(
        {
            "id": TEXT,
            "title": TEXT,
            "feed_url": maybe(ADDRESS),
            "home_page_url": maybe(ADDRESS),
        }
    ),
    "authors": several(TEXT),
    "tags": several(TEXT),
    "language": maybe(TEXT),
    "published": TIME,
    "updated": TIME,
    "listed_at": TIME | {"description": "What lists are ordered by, newest first."},
}
_WHOLE: dict[str, Schema] = _LINE | {
    "content_html": TEXT | {"description": "Ends in the credit, as in every feed."},
    "body": {"enum": ["full", "excerpt", "headline"]},
    "text_sha256": maybe(TEXT),
    "image": maybe(
        thing(
            {
                "url": ADDRESS,
                "alt": maybe(TEXT),
                "credit": maybe(TEXT),
                "width": maybe(NUMBER),
                "height": maybe(NUMBER),
            }
        )
    ),
    "attachments": several(
        thing(
            {
                "url": ADDRESS,
                "type": maybe(TEXT),
                "length": maybe(NUMBER),
                "title": maybe(TEXT),
                "credit": maybe(TEXT),
                "duration": maybe(NUMBER),
            }
        )
    ),
    "also": several(thing({"id": TEXT, "title": TEXT, "url": maybe(ADDRESS)})),
    "rights": RIGHTS,
}
_STATES = list(get_args(StateWord))

SCHEMAS: dict[str, Schema] = {
    "Root": thing(
        {"openapi": ADDRESS, "operations": {"type": "object"}},
        text="Where everything is.",
    ),
    "OpenAPI": {"type": "object", "required": ["openapi", "info", "paths"]},
    "Line": thing(_LINE, text="A report in a list."),
    "Article": thing(_WHOLE, text="A report as whole as it may be shown."),
    "Articles": page_of("Line"),
    "Source": thing(
        {
            "id": TEXT,
            "title": TEXT,
            "page_url": ADDRESS,
            "state": maybe({"enum": _STATES}),
            "articles": maybe(NUMBER),
            "last_success": maybe(TIME),
            "feed_url": maybe(ADDRESS),
            "home_page_url": maybe(ADDRESS),
            "language": maybe(TEXT),
            "tags": several(TEXT),
            "rights": maybe(RIGHTS),
        },
        text="`state` is null for a source that is no longer read.",
    ),
    "Sources": page_of("Source"),
    "Publication": thing(
        {
            "id": TEXT,
            "title": TEXT,
            "description": TEXT,
            "disclaimer": TEXT,
            "language": maybe(TEXT),
            "image": maybe(ADDRESS),
            "page_url": ADDRESS,
            "feeds": several(
                thing(
                    {
                        "format": TEXT,
                        "url": ADDRESS,
                        "media_type": TEXT,
                        "entries": NUMBER,
                        "written_at": maybe(TIME),
                    }
                )
            ),
        }
    ),
    "Publications": page_of("Publication"),
    "Status": thing(
        {
            "ready": FLAG,
            "reasons": several(TEXT),
            "articles": NUMBER,
            "sources": thing(dict.fromkeys(_STATES, NUMBER)),
            "documents": several(
                thing(
                    {
                        "path": TEXT,
                        "entries": NUMBER,
                        "written_at": maybe(TIME),
                        "refused": FLAG,
                    }
                )
            ),
        }
    ),
    "Problem": {
        "description": "Why a request was refused (RFC 9457).",
        "type": "object",
        "properties": {
            "type": ADDRESS,
            "title": TEXT,
            "status": NUMBER,
            "detail": TEXT,
            "errors": several(thing({"parameter": TEXT, "detail": TEXT})),
            "parameter": TEXT,
            "withdrawn_at": TIME,
            "withdrawn_by": {"enum": ["source", "desk"]},
            "reason": TEXT,
        },
        "required": ["type", "title", "status", "detail"],
    },
}
