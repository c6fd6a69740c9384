"""The web room: pages for readers, feeds as published, and how we are, for machines.

In: a Newsroom, which the app provides. Out: an ASGI app.

site         all addresses, wired to what answers them          → application
newsroom     what the pages ask of the house                    → Newsroom
feeds        publications as published; negotiation, published
answers      conditional, compressed, cacheable
front, section, article, sources    one page each; templates/ and static/ beside them
search       the page that finds reports by their words; finding
rendering    where templates become pages; assets: the few files they need
console/     what is well for an operator, what is not, what can be done about it
lines, links, language, bodies, standings      what the pages print
metadata, opml                      what machines read
api/         the same for programs, as JSON: `/api/v1/`
callbacks    where hubs tell of news; receiving: what is sent to us
protection   what browsers may not do with it; sharing: what other sites may
health       alive, ready, and in figures; figures
"""

from aggregator.web.newsroom import Newsroom
from aggregator.web.site import application

__all__ = ["Newsroom", "application"]
