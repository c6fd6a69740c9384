"""Documents made to break the reader: each a recorded error or plain articles."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from bombs import BOMBS
from documents import atom, entry, item, request, rss
from mutation import mutated

from aggregator.errors import ReadError
from aggregator.reading import read

GEORSS = "xmlns:georss='http://www.georss.org/georss'"
CHAPTERS = "xmlns:psc='http://podlove.org/simple-chapters'"

# Each makes feedparser raise instead of saying that the document is broken.
CRASHES = {
    "surrogate reference": rss(item(1, body="<p>&#xD800;")),
    "reference past unicode": rss(item(1, body="<p>&#x110000;")),
    "reference past an int": rss(item(1, body="<p>&#99999999999999;")),
    "declared as punycode": b"<?xml version='1.0' encoding='punycode'?>" + rss(item(1)),
    "NUL in the encoding": b"<?xml version='1.0' encoding='u\0f'?>" + rss(item(1)),
    "mark and a bad byte": b"\xef\xbb\xbf" + rss(item(1)).replace(b"ship", b"sh\xffp"),
    "georss without where": rss(
        item(1).replace(
            "</item>",
            f"<georss:polygon {GEORSS}/><georss:point {GEORSS}>1 2</georss:point></item>",
        )
    ),
    "chapter without start": rss(
        item(1).replace(
            "</item>", f"<psc:chapters {CHAPTERS}><psc:chapter/></psc:chapters></item>"
        )
    ),
    "backslash in an entity": b'<!DOCTYPE rss [\n<!ENTITY p "C:\\data">\n]>\n'
    + rss(item(1, body="&p;")),
    "pattern in an entity": b'<!DOCTYPE rss [\n<!ENTITY p "C:\\Users a\\1b">\n]>\n'
    + rss(item(1, body="&p;")),
}


def outcome(body):
    """Return the titles that a document gives, or the word for why it gives none."""
    try:
        reading = read(request(body))
    except ReadError as error:
        return error.problem
    return [article.source_title for _, article in reading.items if article]


@pytest.mark.parametrize("name", CRASHES)
def test_what_breaks_feedparser_is_read_all_the_same(name):
    """I17: the crash inputs of the facts, section 3.3."""
    assert outcome(CRASHES[name]) == ["Report 1"]


def test_a_document_of_which_nothing_can_be_read_is_an_error():
    """I17: it must not look like a feed that turned empty."""
    broken = CRASHES["chapter without start"].replace(b"</item>", b"a<b</item>")

    assert outcome(broken) == "unreadable"


@pytest.mark.parametrize(
    "name", [n for n in CRASHES if "georss" in n or "chapter" in n]
)
def test_an_entry_that_breaks_feedparser_costs_no_neighbour(name):
    """I17: the rest of the document is read."""
    body = CRASHES[name].replace(b"<item>", item(7).encode() + b"<item>", 1)

    assert "Report 7" in outcome(body)


BOMB_DRILL = """
import re, resource, sys
sys.path.insert(0, "tests/reading")
from aggregator.errors import ReadError
from aggregator.reading import read
from documents import request
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
body = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
try:
    read(request(body))
except ReadError as error:
    print(error.problem)
used = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss: a child begins with its parent's, and the tests' own process is large.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
print(used.ru_utime - before < 2, peak < 256 * 1024)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_an_entity_bomb_ends_in_2_seconds_and_256_mib(name):
    """I12: measured in a process of its own, parsers loaded."""
    drill = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BOMB_DRILL, "20"],
        cwd=Path(__file__).parents[2],
        input=BOMBS[name],
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )

    assert drill.stdout.decode().split() == ["unreadable", "True", "True"]


OWN = [
    rss(item(1), item(2, body="<![CDATA[<p>A <b>bold</b> ship</p>]]>"), item(3)),
    atom(entry(1), entry(2)),
    json.dumps(
        {"title": "x", "items": [{"id": "1", "content_html": "<p>x</p>"}]}
    ).encode(),
    b"<?xml version='1.0' encoding='windows-1251'?>" + rss(item(1, title="Мир")),
]


@pytest.mark.parametrize("seed", range(4))
def test_mutated_feeds_end_in_articles_or_a_named_error(seed):
    """I17: the long run is `python -m tests.drills.fuzz --documents 100000`."""
    chance = random.Random(seed)

    for _ in range(100):
        outcome(mutated(chance.choice(OWN), chance))
