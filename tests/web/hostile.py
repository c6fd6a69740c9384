"""Three feeds whose every field tries to run a script, in 113 ways.

`documents()` yields (media type, bytes): as RSS, as Atom and as JSON Feed, with each
vector as headline, summary, body, author, section, and as credit of a picture.
"""

import json
import re
from html import escape

from text.vectors import VECTORS

# What an XML document cannot carry travels in JSON only.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def documents():
    yield "application/rss+xml", rss()
    yield "application/atom+xml", atom()
    yield "application/feed+json", jsonfeed()


def rss():
    items = "".join(
        f"<item><guid isPermaLink='false'>rss-{name}</guid>"
        f"<link>https://evil.example/rss/{name}</link><title>{v}</title>"
        f"<description>{v}</description><content:encoded>{v}</content:encoded>"
        f"<dc:creator>{v}</dc:creator><category>{v}</category>"
        f"<media:content url='https://evil.example/{name}.jpg' medium='image'>"
        f"<media:credit>{v}</media:credit><media:title>{v}</media:title>"
        f"<media:description>{v}</media:description></media:content>"
        f"<enclosure url='https://evil.example/{name}.mp3' type='{v}' length='1'/>"
        "</item>"
        for name, v in _escaped()
    )
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        f"<title>&lt;script&gt;X()&lt;/script&gt;</title>{items}</channel></rss>"
    ).encode()


def atom():
    entries = "".join(
        f"<entry><id>tag:evil.example,2026:{name}</id>"
        f"<link href='https://evil.example/atom/{name}'/>"
        f"<updated>2026-11-24T10:00:00Z</updated><title type='html'>{v}</title>"
        f"<summary type='text'>{v}</summary><content type='html'>{v}</content>"
        f"<author><name>{v}</name></author><category term='{v}' label='{v}'/>"
        f"<rights type='html'>{v}</rights></entry>"
        for name, v in _escaped()
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:evil.example,2026:feed</id>'
        f"<title type='html'>&lt;script&gt;X()&lt;/script&gt;</title>{entries}</feed>"
    ).encode()


def jsonfeed():
    items = [
        {
            "id": f"json-{name}",
            "url": f"https://evil.example/json/{name}",
            "title": vector,
            "summary": vector,
            "content_html": vector,
            "authors": [{"name": vector}],
            "tags": [vector],
            "image": f"https://evil.example/{name}.png",
        }
        for name, vector in VECTORS.items()
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "<script>X()</script>",
        "items": items,
    }
    return json.dumps(feed).encode()


def _escaped():
    for name, vector in VECTORS.items():
        yield name, escape(_ILLEGAL.sub("", vector))
