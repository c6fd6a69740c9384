"""The compressed form of a document: the same bytes, small, and made again in part."""

import gzip

import pytest
from builders import ANY_RIGHTS, article, publication, report

from aggregator.publishing import pieces
from aggregator.publishing.document import compose
from aggregator.publishing.pieces import Pieces
from aggregator.publishing.showing import fingerprint

NAMES = ("rss", "atom", "json")
LONG = "<p>" + " ".join(f"word{n}" for n in range(2000)) + "</p>"


def reports(numbers, body="<p>Rain.</p>"):
    made = [article(number, body=body) for number in numbers]
    return [report(each, publication(), ANY_RIGHTS) for each in made]


def document(name, shown, kept):
    pairs = [(each, fingerprint(each)) for each in shown]
    return compose(
        publication(), name, pairs, base_url="https://wire.example", kept=kept
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", ["<p>Rain.</p>", LONG], ids=["short", "long"])
@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_it_holds_the_document(name, body, count):
    made = document(name, reports(range(count), body), Pieces())

    assert gzip.decompress(made.gzip) == made.body


@pytest.mark.parametrize("name", NAMES)
def test_short_entries_have_each_other_to_refer_to(name):
    """Each alone, 100 headlines took five times as much as all in one go."""
    made = document(name, reports(range(100)), Pieces())

    alone = sum(len(gzip.compress(piece.entry)) for piece in made.pieces)
    assert len(made.gzip) < alone / 3


@pytest.mark.parametrize("name", NAMES)
def test_a_long_entry_is_deflated_alone(name):
    """It comes and goes without any other being deflated again."""
    made = document(name, reports(range(8), LONG), Pieces())

    assert len(made.packed) == len(made.pieces) == 8


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", ["<p>Rain.</p>", LONG], ids=["short", "long"])
def test_a_new_entry_has_no_others_deflated_again_but_its_neighbours(
    name, body, monkeypatch
):
    kept, deflated = Pieces(), []

    def noted(data):
        deflated.append(data)
        return make(data)

    make = pieces.deflated
    shown = reports(range(101), body)
    document(name, shown[1:], kept)
    monkeypatch.setattr(pieces, "deflated", noted)

    made = document(name, shown, kept)

    assert len(deflated) == 1
    assert gzip.decompress(made.gzip) == made.body
    assert made.gzip == document(name, shown, Pieces()).gzip
