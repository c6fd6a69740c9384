"""No output shows more of an article than its source allows, whatever the output.

Every article carries canaries: words that are its own and counted, pictures that are
its own, in every place where words and pictures can hide. Whole outputs are searched
for them, byte for byte: documents, archived months, pages, the API.
"""

import asyncio
import re

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from aggregator.app.pages import Newsroom
from aggregator.model import Enclosure, Image
from aggregator.web import application
from tests.app.worlds import SOURCES, configs, world
from tests.builders import NOON, article, attribution

NOTICE, LICENCE = "© The agency <all> & rights", "https://licences.example/by?a=1&b=2"
# To make a whole installation smaller takes minutes.
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
# What a picture may be called, for a canary of its own.
KINDS = ("jpg", "PNG", "webp?size=large")


@st.composite
def canaries(draw):
    """An article that can be recognised by each of its words and pictures."""
    number = draw(st.integers(0, 12))
    source = draw(st.sampled_from(SOURCES))
    own = f"{source}{number}k"
    words = [f"{own}{n}" for n in range(1, 90)]
    picture = f"https://pics.example/{own}.{draw(st.sampled_from(KINDS))}"
    body = (
        f'<p>{" ".join(words[:20])} <img src="{picture}" alt="{" ".join(words)}"></p>'
        f'<figure><picture><img src="{picture}"></picture></figure>'
        f'<video src="https://films.example/f" poster="{picture}"></video>'
        f'<p title="&lt;img src={own}">{" ".join(words[20:])}</p>'
    )
    body = draw(st.sampled_from([body, f"<p>{words[0]}</p>", ""]))
    says_nothing = draw(st.booleans())
    derived = " ".join(words[:12]) + "…" if body else source.upper()
    file = Enclosure(url=picture, type=draw(st.sampled_from(["image/x", None, "a/b"])))
    return article(
        number,
        url=draw(st.sampled_from([f"https://{source}.example/{number}", None])),
        published_id=f"tag:{source}.example,2026:{number}",
        keys=(f"guid:{number}",),
        attribution=attribution(source_id=source, title=source.upper(), rights=None),
        body=body,
        summary=draw(st.sampled_from([None, " ".join(words)])),
        source_title="" if says_nothing else f"{own}title",
        title=derived if says_nothing else f"{own}title",
        image=draw(st.sampled_from([None, Image(url=picture, alt="seen")])),
        enclosures=draw(st.sampled_from([(), (file,)])),
        raw=" ".join(words).encode(),
    )


def answers(app, paths):
    """Return what the app says to a GET of each path, as (path, status, text)."""

    async def get(path):
        said = {"status": 0, "body": b""}
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [
                (b"host", b"wire.example"),
                (b"accept", b"text/html, application/json;q=0.5"),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("wire.example", 80),
            "scheme": "http",
            "http_version": "1.1",
        }

        async def receive():
            return {"type": "http.request", "body": b""}

        async def send(message):
            said["status"] = message.get("status", said["status"])
            said["body"] += message.get("body", b"")

        await app(scope, receive, send)
        return path, said["status"], said["body"].decode()

    async def all_of_them():
        return [await get(path) for path in paths]

    return asyncio.run(all_of_them())


def outputs(here):
    """Yield every output as (name, publication or None for all, its whole text)."""
    wire = here.wire
    named = {publication.id: publication for publication in wire.config.publications}
    for path in sorted((here.output / "feeds").rglob("*")):
        if path.is_file() and path.suffix != ".gz":
            name = path.relative_to(here.output / "feeds").as_posix()
            publication = named[re.split("[./]", name)[0]]
            yield name, publication, path.read_text(errors="replace")
    stored = [a.id for a in wire.store.articles()]
    api = [f"/api/v1/articles/{id_}" for id_ in stored]
    paths = ["/", "/api/v1/articles", *api, *(f"/articles/{id_}" for id_ in stored)]
    paths += [f"/feeds/{id_}" for id_ in named] + [f"/sources/{id_}" for id_ in SOURCES]
    for path, status, text in answers(application(Newsroom(wire), desk=None), paths):
        assert status in {200, 404}, (path, status, text)
        yield path, None, text


def said_in(text, own):
    """Return which of an article's words stand in a text, by their numbers."""
    return {int(n) for n in re.findall(rf"(?<![a-z]){own}(\d+)", text)}


def most_words(allowed, publication, *, untitled):
    """Return how many words an output may show.

    A headline that is made of the first words is more than a publication asked for,
    never more than the source allows.
    """
    limits = {"full": 89, "excerpt": allowed.words or 50, "headline": 0}
    wanted = limits[publication.body] if publication else 89
    return min(limits[allowed.body], max(wanted, 12 if untitled else 0))


@settings(
    max_examples=8,
    phases=NO_SHRINKING,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(config=configs(), came=st.lists(canaries(), min_size=1, max_size=8))
def test_whatever_is_put_out_keeps_to_the_rights_of_every_source(config, came):
    """Rights: words, pictures, embargo, expiry, notices and licences, in all outputs."""
    rights = {source.id: source.rights for source in config.sources}
    config = replace(config, base_url="https://wire.example")
    with world(config, came) as here:
        for name, publication, text in outputs(here):
            for one in here.fetched:
                own = one.published_id.replace("tag:", "")
                own = own.replace(".example,2026:", "") + "k"
                allowed = rights[one.source_id]
                shown = said_in(text, own)
                where = (name, own)
                untitled = not one.source_title
                most = most_words(allowed, publication, untitled=untitled)
                assert len(shown) <= most, where
                if not allowed.images:
                    assert f"pics.example/{own}." not in text, where
                age = NOON - one.published
                if (allowed.embargo and age < allowed.embargo) or (
                    allowed.expires and age >= allowed.expires
                ):
                    assert not shown, where
                    assert f"{own}title" not in text, where
                if "/archive/" in name and allowed.expires:
                    # What is archived cannot be taken in again.
                    assert f"{own}title" not in text, where
                if f"{own}title" in text and not name.startswith("/"):
                    credited(text, one.published_id, allowed)
                if name == f"/articles/{one.id}" and f"{own}title</h1>" in text:
                    credited(text, "", allowed)


def credited(text, id_, allowed):
    """Check that the entry of this id, or the whole text, names notice and licence."""
    entries = re.split(r"<item>|<entry[ >]|(?<=[\[,])(?={\"id\")", text)
    own = re.compile(rf"{re.escape(id_)}(?!\d)")
    (entry,) = [e for e in entries if own.search(e)] if id_ else [text]
    for demanded in filter(None, (allowed.notice, allowed.license)):
        plain = demanded.replace("&", "&amp;")
        escaped = plain.replace("<", "&lt;").replace(">", "&gt;")
        assert demanded in entry or escaped in entry
