"""A loopback origin of N feeds, fast enough to measure what asks it.

    python -m tests.bench.origin PORT SOURCES ENTRIES [CERTIFICATE]

Answers `/feed/I` with RSS, a strong ETag and 304; gzip where it is accepted. With a
certificate it speaks TLS and closes every connection. `/-/advance?fraction=F&new=K` lets
a share of the feeds publish K entries more, `/-/advance?feed=I&new=K` one of them, and
`/-/served?feed=I` tells how often a document of it was handed out. Everything follows
from numbers but the dates: an entry is of the moment when it came, and what a feed has
from the start is of the hours before that. `/bomb/gzip` (1 GiB in 1 MB) and
`/bomb/entities` (300 MB in 110 KB) are what their names say.
"""

import asyncio
import gzip
import json
import random
import signal
import ssl
import sys
import time
import zlib
from collections import Counter, defaultdict
from email.utils import formatdate
from functools import cache
from urllib.parse import parse_qsl, urlsplit

APART = 3600  # seconds between two entries that a feed has from the start
WORDS = """
    council harbour report minister river school budget strike border railway winter
    market hospital election court witness village energy treaty festival water bridge
    researchers announced on Monday that the first of several new stations would open
    before spring although officials warned of delays while residents asked for answers
""".split()  # noqa: SIM905 - one word beside the other reads better
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Agency {source}</title><link>https://agency{source}.example/</link>
<description>Reports of agency {source}</description><language>en</language>
"""
ITEM = """<item><title>{title}</title><link>https://agency{source}.example/{number}</link>
<guid isPermaLink="false">agency{source}-{number}</guid><dc:creator>{author}</dc:creator>
<category>{section}</category><pubDate>{date}</pubDate>
<description><![CDATA[{lead}]]></description>
<content:encoded><![CDATA[{body}]]></content:encoded></item>
"""


ENTITIES = """<?xml version="1.0"?>
<!DOCTYPE rss [
<!ENTITY a "{filling}">
]>
<rss version="2.0"><channel><title>{many}</title></channel></rss>
"""


def gzip_bomb():
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(1 << 10)) + packer.flush()


def entity_bomb():
    return ENTITIES.format(filling="x" * 100_000, many="&a;" * 3_000).encode()


def sentence(chance):
    words = chance.choices(WORDS, k=chance.randint(8, 18))
    return " ".join(words).capitalize() + "."


def item(source, number, published):
    chance = random.Random(f"{source} {number}")
    paragraphs = [
        " ".join(sentence(chance) for _ in range(chance.randint(2, 5)))
        for _ in range(chance.randint(2, 6))
    ]
    paragraphs[0] += f' See <a href="/topic/{number % 7}">the background</a>.'
    picture = f'<p><img src="/pictures/{number}.jpg" alt="{chance.choice(WORDS)}"></p>'
    return ITEM.format(
        source=source,
        number=number,
        title=sentence(chance)[:-1],
        author=f"{chance.choice(WORDS).title()} {chance.choice(WORDS).title()}",
        section=chance.choice(WORDS),
        date=formatdate(published, usegmt=True),
        lead=paragraphs[0],
        body=picture + "".join(f"<p>{text}</p>" for text in paragraphs),
    )


class World:
    """What all feeds have published. A document is written once for each version."""

    def __init__(self, sources, entries):
        self.published = [entries] * sources
        self.entries = entries
        self.answers = {}
        self.served = Counter()
        self.advances = 0
        self.began = time.time()
        self.came = defaultdict(list)  # when later entries of a source did

    def some(self, fraction):
        """Return the numbers of a share of the feeds, others at each call."""
        self.advances += 1
        count = round(len(self.published) * fraction)
        return random.Random(self.advances).sample(range(len(self.published)), count)

    def advance(self, sources, new):
        for source in sources:
            self.published[source] += new
            self.came[source] += [time.time()] * new
            self.answers.pop(source, None)

    def date(self, source, number):
        """Return when an entry was published, in seconds."""
        later = number - self.entries
        if later >= 0:
            return self.came[source][later]
        return self.began + later * APART - source % APART

    def answer(self, source):
        """Return ETag, 304, 200 and gzipped 200 of a feed, headers and all."""
        if source not in self.answers:
            number = self.published[source]
            newest = range(number - 1, max(-1, number - 1 - self.entries), -1)
            items = "".join(item(source, n, self.date(source, n)) for n in newest)
            body = (HEAD.format(source=source) + items + "</channel></rss>\n").encode()
            packed = gzip.compress(body, mtime=0)
            etag = f'"{source}-{number}"'.encode()
            kind = b"Content-Type: application/rss+xml\r\nETag: " + etag + b"\r\n"
            self.answers[source] = (
                etag,
                b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n",
                b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n" % (kind, len(body)),
                body,
                b"HTTP/1.1 200 OK\r\n%bContent-Encoding: gzip\r\nContent-Length: %d\r\n"
                % (kind, len(packed)),
                packed,
            )
        return self.answers[source]


class Connection(asyncio.Protocol):
    def __init__(self, world, *, close):
        self.world = world
        self.close = close
        self.unread = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, received):
        self.unread += received
        while b"\r\n\r\n" in self.unread:
            head, _, self.unread = self.unread.partition(b"\r\n\r\n")
            self.answer(head)

    def answer(self, head):
        line, *headers = head.split(b"\r\n")
        path = line.split(b" ")[1].decode()
        said = dict(header.lower().split(b": ", 1) for header in headers)
        if path.startswith("/feed/"):
            head, body = self.feed(int(path.removeprefix("/feed/")), said)
        elif path.startswith("/bomb/"):
            head, body = bomb(path.removeprefix("/bomb/"))
        else:
            head, body = self.control(path)
        ending = b"Connection: close\r\n\r\n" if self.close else b"\r\n"
        self.transport.write(head + ending + body)
        if self.close:
            self.transport.close()

    def feed(self, source, said):
        etag, unchanged, whole, body, packed_whole, packed = self.world.answer(source)
        if said.get(b"if-none-match") == etag:
            return unchanged, b""
        self.world.served[source] += 1
        if b"gzip" in said.get(b"accept-encoding", b""):
            return packed_whole, packed
        return whole, body

    def control(self, path):
        asked = urlsplit(path)
        wanted = dict(parse_qsl(asked.query))
        one = int(wanted.get("feed", 0))
        if asked.path == "/-/advance":
            share = float(wanted.get("fraction", 0))
            sources = self.world.some(share) if share else [one]
            self.world.advance(sources, int(wanted["new"]))
        body = json.dumps({"served": self.world.served[one]}).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(body), body


@cache
def bomb(kind):
    body = gzip_bomb() if kind == "gzip" else entity_bomb()
    coding = b"Content-Encoding: gzip\r\n" if kind == "gzip" else b""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n" + coding
    return head + b"Content-Length: %d\r\n" % len(body), body


async def serve(port, sources, entries, certificate=None, tickets="2"):
    world = World(sources, entries)
    for source in range(sources):
        world.answer(source)  # so that no round pays for it
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        tls.num_tickets = int(tickets)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    server = await loop.create_server(
        lambda: Connection(world, close=tls is not None),
        "127.0.0.1",
        port,
        ssl=tls,
        backlog=1024,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:4]]
    asyncio.run(serve(*numbers, *sys.argv[4:]))
