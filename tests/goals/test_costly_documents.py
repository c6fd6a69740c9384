"""Documents meant to stop, fill or fool the reader, among good ones."""

from datetime import timedelta

import pytest
from newsdesk import DAY, HOUR, rss

from aggregator.model import ReadingLimits
from tests.reading.bombs import BOMBS, LARGE, NEST, document

KIB = 1024


def in_item(inside, head="", attributes=""):
    return (
        f'<rss version="2.0"{attributes}><channel><title>Slow</title>{head}'
        f"<item><guid>1</guid><title>Slow report</title>{inside}</item>"
        "</channel></rss>"
    ).encode()


def slow_documents(size):
    """Return documents of about `size` bytes that cost parsers far more than their size."""
    numbers = range(size // 60)
    attributes = "".join(
        f" {{}}a{n}='xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'" for n in numbers
    )
    spaces = attributes.format(*["xmlns:"] * len(numbers))
    return {
        "author of a.": in_item(f"<author>{'a.' * (size // 2)}</author>"),
        "author of a": in_item(f"<author>{'a' * size}</author>"),
        "attributes": in_item(f"<media {attributes.format(*[''] * len(numbers))}/>"),
        "categories": in_item("<category>one and the same</category>" * (size // 40)),
        "namespaces": in_item("", attributes=spaces),
        "small items": in_item(
            "</item>" + "<item><title>a&b</title></item>" * (size // 33)
        ),
        "one text": in_item(f"<description>{'x' * size}</description>"),
        "one attribute": in_item(f"<enclosure url='https://a.example/{'x' * size}'/>"),
        "unknown elements": in_item("<x>" * (size // 7) + "</x>" * (size // 7)),
        "nested div": in_item(f"<description>{'&lt;div>' * (size // 8)}</description>"),
        "a and b": in_item(
            f"<description>{'&lt;a href=x>&lt;b>' * (size // 18)}</description>"
        ),
        "json": b'{"version": "https://jsonfeed.org/version/1.1", "items": '
        + b"[" * (size // 2)
        + b"]" * (size // 2)
        + b"}",
    }


GOOD = [f"/good{n:02}" for n in range(50)]


def test_slow_documents_are_given_up_and_the_good_ones_are_not_late(desk_of, origin):
    """I13: 12 kinds among 50 good sources: "too complex" or read, never more than that.

    The process is killed at its deadline, the source backs off, and the round ends with
    all 50 good ones read. With the real limits and 10 MiB each: `drills`.
    """
    slow = slow_documents(300 * KIB)
    for number, body in enumerate(slow.values()):
        origin.answers(f"/slow{number:02}", body)
    for path in GOOD:
        origin.answers(path, rss(path[1:]))
    limits = ReadingLimits(
        timeout=timedelta(seconds=0.7), max_memory=512 * KIB * KIB, workers=2
    )
    desk = desk_of(*[f"/slow{n:02}" for n in range(len(slow))], *GOOD, reading=limits)

    results = desk.poll()

    outcomes = {
        kind: results[f"slow{number:02}"].outcome for number, kind in enumerate(slow)
    }
    words = {outcome.problem for outcome in outcomes.values()}
    assert words <= {None, "too-complex", "not-a-feed", "unreadable"}
    assert "too-complex" in words
    assert all(results[path[1:]].outcome.new == 1 for path in GOOD)
    late = [kind for kind, o in outcomes.items() if o.problem == "too-complex"]
    for number in (list(slow).index(kind) for kind in late):
        status = desk.status(f"slow{number:02}")
        assert "too complex" in status["error"]
        assert status["next_poll_at"] - desk.now >= 2 * HOUR


def test_entities_neither_grow_nor_fetch_anything(desk_of, origin, tmp_path):
    """I12: 12 bombs and 3 canaries: none read or asked, only their source reports it.

    Each bomb stands alone and in the title and text of an entry.
    """
    (tmp_path / "canary").write_text("CANARY")
    canaries = {
        "file": document(
            f'<!ENTITY c SYSTEM "{(tmp_path / "canary").as_uri()}">', ITEM
        ),
        "url": document(f'<!ENTITY c SYSTEM "{origin.url("/canary")}">', ITEM),
        "dtd": document(f'<!ENTITY % p SYSTEM "{origin.url("/canary")}">\n%p;', ITEM),
    }
    nest = ITEM.replace("&c;", "&a9;")
    large = ITEM.replace("&c;", "&big;" * 3_000)
    grown = {
        "nest": document(NEST, nest),
        "nest on one line": document(NEST.replace("\n", ""), nest),
        "large": document(LARGE, large),
        "large, broken": document(LARGE, f"{large}<t>"),
    }
    bombs = {**BOMBS, **grown, **canaries}
    paths = [f"/bomb{number:02}" for number in range(len(bombs))]
    for path, body in zip(paths, bombs.values(), strict=True):
        origin.answers(path, body)
    origin.answers("/good", rss(1))
    limits = ReadingLimits(
        timeout=timedelta(seconds=2), max_memory=256 * KIB * KIB, workers=1
    )
    desk = desk_of(*paths, "/good", reading=limits)

    results = desk.poll()
    outputs = desk.outputs()

    assert results["good"].outcome.new == 1
    assert not desk.times("/canary")
    assert not any(b"CANARY" in output for output in outputs.values())
    assert not any(b"lollol" in output for output in outputs.values())
    assert max(map(len, outputs.values())) < 100 * KIB


ITEM = (
    "<channel><title>t</title><item><guid>1</guid><title>&c;</title>"
    "<description>&c;</description></item></channel>"
)


def test_what_is_far_too_long_is_cut_and_told(desk_of, origin):
    """I20: 5 MiB of content, 50,000 entries, 10,000 categories, 100 KB title, 8 KB URL.

    Caps per field, per entry and per feed; output at most the cap and 1 %; status tells.
    """
    words = "Zu Ende é " * 500_000
    categories = "".join(f"<category>c{n}</category>" for n in range(10_000))
    origin.answers("/content", in_item(f"<description>{words}</description>"))
    origin.answers("/entries", rss(*range(50_000), title="N", body="x"))
    origin.answers("/categories", in_item(categories))
    origin.answers("/title", rss(1, title="é" * 100_000))
    origin.answers("/url", in_item(f"<link>https://a.example/{'x' * 8_000}</link>"))
    desk = desk_of("/content", "/entries", "/categories", "/title", "/url")

    desk.live(timedelta(minutes=1))
    notes = {
        source.id: " ".join(desk.wire.store.journal.poll_log(source.id)[0].notes)
        for source in desk.config.sources
    }
    by_source = {}
    for article in desk.wire.store.articles():
        by_source.setdefault(article.source_id, []).append(article)

    assert len(by_source["entries"]) == 2_000
    assert "50000 entries: the first 2000 were read" in notes["entries"]
    assert "the first 2000 were read" in desk.status("entries")["because"]
    (content,) = by_source["content"]
    body = desk.wire.store.article(content.id).body
    assert 900_000 < len(body.encode()) <= 1_010_000
    assert len(by_source["categories"][0].tags) == 50
    assert len(by_source["title"][0].title) == 500
    assert by_source["url"][0].url is None
    assert all(notes.values())


@pytest.mark.parametrize(
    "kind", ["moved", "repeated", "blanks", "long", "none", "bare"]
)
def test_an_entry_is_the_same_entry_next_time(desk_of, origin, kind):
    """I21: 0 new entries after another poll, a restart, and a move to another host."""
    guid = {
        "moved": "<guid>42</guid>",
        "repeated": "<guid>1</guid>",
        "blanks": "<guid>\n  42 \t</guid>",
        "long": f"<guid>{'g' * 10_000}</guid>",
        "none": "",
        "bare": "",
    }[kind]
    link = "" if kind == "bare" else "<link>/stories/{}</link>"
    items = "".join(
        f"<item>{guid.replace('42', f'4{n}')}<title>Story {n}</title>{link.format(n)}"
        f"<description>Words of {n}.</description></item>"
        for n in ((1, 2) if kind == "repeated" else (1,))
    )

    def edition(number):
        return (
            f'<rss version="2.0"><channel><title>Edition {number}</title>'
            f"<link>http://old.example/</link>{items}</channel></rss>"
        ).encode()

    for number in range(40):
        origin.answers("/feed", edition(number))
    desk = desk_of("/feed", sources=[])
    desk.poll()
    desk.poll(force=True)
    desk.restart()
    desk.live(DAY)
    before = {article.id for article in desk.wire.store.articles()}
    moved = [
        source.__class__(id=source.id, url=origin.url("/feed", host="localhost"))
        for source in desk.config.sources
    ]
    desk.adopt(sources=tuple(moved))
    desk.live(HOUR * 2)

    assert len(before) == (2 if kind == "repeated" else 1)
    assert {article.id for article in desk.wire.store.articles()} == before
    assert desk.heard[-1][1].header("host").startswith(b"localhost:")
