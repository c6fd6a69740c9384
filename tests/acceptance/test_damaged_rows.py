"""One row of the store is damaged: a round goes on with all others and names it."""

import pytest

from tests import damage
from tests.installation import Installation
from tests.origin import Origin

PUBLICATIONS = """\
publications:
  - {id: wire, title: Wire, select: {sources: [agency]}}
  - {id: other, title: Other, select: {sources: [bureau]}}
"""
ITEM = "<item><title>{0}</title><link>https://a.example/{0}</link>{1}</item>"


def feed(**words):
    items = (
        ITEM.format(title, f"<description>{text}</description>")
        for title, text in words.items()
    )
    return f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("place", "spoil"),
    [
        ("articles.keys", damage.put),
        ("articles.desk_tags", damage.put),
        ("bodies.texts", damage.put),
        ("articles.title", damage.flip),
        ("bodies.source_type", damage.flip),
    ],
)
def test_a_round_goes_on_and_names_it_wherever_it_is_met(tmp_path, place, spoil):
    """Its source changes it and lists another; another source goes on, too."""
    with Origin() as origin:
        origin.answers("/agency", feed(Rain="It rained."))
        origin.answers("/agency", feed(Rain="It still rains.", Snow="It snowed."))
        origin.answers("/bureau", feed(Sun="It shone."))
        origin.answers("/bureau", feed(Sun="It shone.", Wind="It blew."))
        sources = {name: origin.url(f"/{name}") for name in ("agency", "bureau")}
        at = Installation(tmp_path, sources, publications=PUBLICATIONS)
        at.poll()
        [rain] = [each["id"] for each in at.articles() if each["title"] == "Rain"]
        spoil(tmp_path, place, rain)

        polled = {each["id"]: each for each in at.poll("--force")["sources"]}

    column, remedy = place.partition(".")[2], "cannot be read; restore the last backup"
    assert polled["agency"]["outcome"] == "failed"
    assert polled["agency"]["error"].startswith(f"article {rain}: its ")
    assert remedy in polled["agency"]["error"]
    assert polled["bureau"]["new"] == 1
    assert b"It blew." in at.published("feeds/other.atom")
    assert b"It rained." not in at.published("feeds/wire.atom")
    left_out = f"article {rain}: its {column} cannot be read, and it is left out; "
    assert left_out in at.run("status").stdout
    proved = at.run("verify", code=1).stdout
    assert f"article {rain} of agency: its {column} cannot be read" in proved


def test_a_source_whose_row_is_damaged_is_taken_up_again(tmp_path):
    """What is known of its reports stays, so none is published twice."""
    with Origin() as origin:
        origin.answers("/agency", feed(Rain="It rained."))
        origin.answers("/bureau", feed(Sun="It shone."))
        sources = {name: origin.url(f"/{name}") for name in ("agency", "bureau")}
        at = Installation(tmp_path, sources, publications=PUBLICATIONS)
        at.poll()
        damage.spoil_source(tmp_path, "agency", feed="{")

        proved = at.run("verify", code=1).stdout
        polled = {each["id"]: each for each in at.poll()["sources"]}

    assert "source agency: its feed cannot be read; the next start takes" in proved
    assert list(polled) == ["agency"]
    assert (polled["agency"]["outcome"], polled["agency"]["new"]) == ("unchanged", 0)
    assert "agency" in at.run("status").stdout
    at.run("verify")
