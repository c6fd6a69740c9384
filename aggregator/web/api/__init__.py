"""The read API, `/api/v1/`: what the pages show, as JSON for programs.

In: a Newsroom. Out: an ASGI app that stands below `/api/v1`. It shows of a report what
a publication may show, by the same function as the pages; nothing here changes anything.

operations   what can be asked: one table, which routes and description are made from
description  Operation and Parameter
openapi      the table as an OpenAPI 3.1 document
schemas      what the answers look like
values       parameters read and refused by the table
problems     every refusal, as RFC 9457 has it
listing      pages of a list, and where the next one begins
articles, sources, publications, status     what answers
site         all of it as an app                                → api

To add an operation: a function that answers, and its line in `operations`.
"""

from aggregator.web.api.site import api

__all__ = ["api"]
