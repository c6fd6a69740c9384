"""Nothing disappears without a reason, and no source is shown beyond its rights."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.app.explanation import explain
from aggregator.app.verification import article_differences, document_differences
from aggregator.text import markup
from tests.app.worlds import PICTURE, articles, configs, world
from tests.builders import NOON

few = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
fetched = st.lists(articles(), max_size=9)


def shown(here, publication, name="json"):
    return (here.output / "feeds" / f"{publication.id}.{name}").read_text()


@few
@given(config=configs(), came=fetched)
def test_what_was_fetched_is_shown_or_has_a_reason_in_every_publication(config, came):
    """Conservation: fetched = shown + not shown with a reason, and explain knows."""
    with world(config, came) as here:
        stored = {
            article.id: article for article in here.wire.store.articles(bodies=True)
        }
        assert set(stored) == {article.id for article in here.fetched}
        for article in stored.values():
            explained = explain(here.wire, article)
            assert len(explained.publications) == len(config.publications)
            for publication, standing in zip(
                config.publications, explained.publications, strict=True
            ):
                items = json.loads(shown(here, publication))["items"]
                ids = [item["id"] for item in items]
                assert standing.shown == (article.published_id in ids)
                assert standing.reason
                if "fill the list" in standing.reason:
                    assert len(ids) == publication.limit
                if standing.place:
                    assert ids[standing.place - 1] == article.published_id


@few
@given(config=configs(), came=fetched)
def test_a_world_just_published_has_no_differences(config, came):
    with world(config, came) as here:
        found = [d.sentence for d in article_differences(here.wire)]

        assert [s for s in found if "raw item" not in s] == []
        assert list(document_differences(here.wire)) == []


@few
@given(config=configs(), came=fetched)
def test_no_output_shows_more_than_a_source_allows(config, came):
    """Rights: every article of every publication, in every format."""
    rights = {source.id: source.rights for source in config.sources}
    with world(config, came) as here:
        by_id = {article.published_id: article for article in here.fetched}
        for publication in config.publications:
            items = json.loads(shown(here, publication))["items"]
            for item in items:
                article = by_id[item["id"]]
                allowed = rights[article.source_id]
                keeps_to(allowed, item, publication)
                age = NOON - article.published
                assert not allowed.embargo or age >= allowed.embargo
                assert not allowed.expires or age < allowed.expires
            for name in ("rss", "atom"):
                document = shown(here, publication, name)
                owners = {rights[by_id[item["id"]].source_id] for item in items}
                if not any(allowed.images for allowed in owners):
                    assert PICTURE not in document
                if not any(allowed.body == "full" for allowed in owners):
                    assert "nobody went out" not in document
                for allowed in owners:
                    if allowed.license:
                        assert allowed.license.replace("&", "&amp;") in document
                    if allowed.notice:
                        assert "© The agency &lt;all&gt; &amp; rights" in document


def keeps_to(allowed, item, publication):
    words = markup.visible_text(
        item["content_html"].partition('<p class="mediawire')[0]
    )
    limit = {"full": 10_000, "excerpt": allowed.words or 50, "headline": 0}
    most = min(limit[allowed.body], limit[publication.body])
    assert len(words.split()) <= most
    summary = item["summary"].partition("Also: ")[0].partition("Source: ")[0]
    if allowed.body != "full":
        assert len(summary.split()) <= limit[allowed.body]
    if not allowed.images:
        assert PICTURE not in json.dumps(item)
    assert item["_mediawire"].get("license") == allowed.license
    assert item["_mediawire"]["rights"] == allowed.notice or "© Example Agency"
