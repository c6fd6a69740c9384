"""What cannot be read is left out of lists, which are as long as they would be."""

import pytest
from msgspec.structs import replace
from newsroom import HOUR, NOW, article, polled, source
from sqlalchemy import text
from structlog.testing import capture_logs

from aggregator.errors import StoreDamaged, StoreError
from aggregator.model import Selection
from tests import damage

ALL = Selection()
DAMAGES = [("articles", "tags", "{"), ("bodies", "texts", b"no words")]


@pytest.fixture
def desk(store):
    """Five articles, `n0` the newest listed."""
    store.put_states([source()], configured={"bbc"})
    new = [
        article(f"n{n}", title=f"Rain {n}", listed_at=NOW - n * HOUR) for n in range(5)
    ]
    store.record([polled(new=tuple(new))])
    return store


def spoil(store, table, column, value, *names):
    with store._writing() as connection:
        for name in names:
            connection.execute(
                text(f"UPDATE {table} SET {column} = :value WHERE article_id = :id"),
                {"value": value, "id": article(name).id},
            )


def titles(articles):
    return [each.title for each in articles]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    ("spoiled", "limit", "left"),
    [
        (["n0"], 1, ["Rain 1"]),
        (["n1"], 3, ["Rain 0", "Rain 2", "Rain 3"]),
        (["n0", "n1", "n3"], 2, ["Rain 2", "Rain 4"]),
        (["n0", "n1", "n2", "n3", "n4"], 2, []),
    ],
)
def test_an_older_one_takes_the_place_of_what_cannot_be_read(
    desk, damage, spoiled, limit, left
):
    spoil(desk, *damage, *spoiled)
    out = []

    found = desk.latest(ALL, now=NOW, limit=limit, leave_out=out.append)
    searched = desk.search("rain", limit=limit)

    assert titles(found) == titles(searched) == left
    assert {each.id for each in out} == {article(name).id for name in spoiled}


@pytest.mark.parametrize("bodies", [True, False])
def test_a_place_that_cannot_be_read_ends_a_list_and_no_program(desk, bodies):
    """Nobody can tell what is listed below it."""
    spoil(desk, "articles", "listed_at", 2**61, "n0")

    assert desk.latest(ALL, now=NOW, limit=1, bodies=bodies) == []
    assert len(desk.latest(ALL, now=NOW, limit=9, bodies=bodies)) == 4


def test_it_is_said_once_however_often_a_list_is_asked_for(desk, tmp_path):
    name = tmp_path.name  # of which nothing was said so far
    desk.record([polled(at=NOW + HOUR, new=(article(name),))])
    spoil(desk, "articles", "tags", "{", name)

    with capture_logs() as events:
        for _ in range(3):
            desk.latest(ALL, now=NOW, limit=6)

    [told] = [each for each in events if each["event"] == "left out"]
    assert told["article_id"] == article(name).id
    assert "its tags cannot be read; restore the last backup" in told["reason"]


def test_what_came_late_is_told_without_it(desk):
    late = [article(f"l{n}", listed_at=NOW - HOUR, first_seen=NOW) for n in range(2)]
    desk.record([polled(at=NOW + HOUR, new=tuple(late))])
    spoil(desk, "articles", "tags", "{", "l0")
    out = []

    found = desk.late(since=NOW, leave_out=out.append)

    assert article("l1").id in {each.id for each in found}
    assert [each.id for each in out] == [article("l0").id]


def test_what_cannot_be_read_is_nobodys_twin(desk):
    both = [
        article(f"t{n}", keys=(f"guid:t{n}",), url="https://a.example/same")
        for n in (1, 2)
    ]
    desk.record([polled(at=NOW + HOUR, new=tuple(both))])
    spoil(desk, "articles", "tags", "{", "t2")

    found = desk.twins.of([both[0]])

    assert [each.id for each in found.articles] == [both[0].id]


@pytest.mark.parametrize(("table", "column", "value"), DAMAGES)
def test_which_of_some_cannot_be_read_is_told(desk, table, column, value):
    spoil(desk, table, column, value, "n1", "n2")
    asked = [article(name).id for name in ("n0", "n1", "n2")]

    told = {each.id: each.what for each in desk.unreadable(asked)}

    assert told == dict.fromkeys(asked[1:], f"its {column} cannot be read")


# What a flipped bit may make of a text: SQLite hands it out, and the driver raises.
NO_TEXT = "cast(x'd2' || substr(cast({0} as blob), 2) as text)"


@pytest.fixture
def flipped(sqlite_store):
    """Five articles in SQLite, of which `n2` holds bytes that are no UTF-8."""
    sqlite_store.put_states([source()], configured={"bbc"})
    new = [
        article(f"n{n}", title=f"Rain {n}", listed_at=NOW - n * HOUR) for n in range(5)
    ]
    sqlite_store.record([polled(new=tuple(new))])

    def flip(table, column, value=NO_TEXT):
        with sqlite_store._writing() as connection:
            connection.execute(
                text(
                    f"UPDATE {table} SET {column} = {value.format(column)} WHERE article_id = :id"
                ),
                {"id": article("n2").id},
            )

    flip("articles", "title")
    sqlite_store.flip = flip
    return sqlite_store


@pytest.mark.parametrize("bodies", [True, False])
def test_a_text_that_cannot_be_decoded_harms_no_other_article(flipped, bodies):
    out = []

    found = flipped.latest(ALL, now=NOW, limit=3, bodies=bodies, leave_out=out.append)
    listed = list(flipped.articles(bodies=bodies, leave_out=out.append))

    assert titles(found) == ["Rain 0", "Rain 1", "Rain 3"]
    assert titles(listed) == ["Rain 0", "Rain 1", "Rain 3", "Rain 4"]
    assert {(each.id, each.what) for each in out} == {
        (article("n2").id, "its title cannot be read")
    }
    assert titles(flipped.search("rain", limit=9)) == titles(listed)
    assert flipped.article(article("n3").id).title == "Rain 3"
    with pytest.raises(StoreDamaged, match="its title cannot be read; restore the"):
        flipped.article(article("n2").id)


@pytest.mark.parametrize(
    ("table", "column"), [("articles", "title"), ("bodies", "source_type")]
)
def test_it_is_proved_which_text_cannot_be_decoded(flipped, table, column):
    if table == "bodies":
        flipped.flip("articles", "title", "'Rain 2'")
        flipped.flip(table, column)

    proofs = {proof.article_id: proof for proof in flipped.evidence.proofs()}

    spoiled = proofs.pop(article("n2").id)
    assert spoiled.wrong == (f"its {column} cannot be read",)
    assert spoiled.source_id == "bbc"
    assert len(proofs) == 4
    assert not any(proof.wrong for proof in proofs.values())
    assert flipped.evidence.dangling() == []


def test_pages_go_on_below_one_that_ends_with_what_cannot_be_decoded(
    flipped, monkeypatch
):
    monkeypatch.setattr("aggregator.store.catalogue._PAGE", 3)
    monkeypatch.setattr("aggregator.store.evidence._PAGE", 3)

    listed = flipped.articles(leave_out=lambda _: None)

    assert titles(listed) == ["Rain 0", "Rain 1", "Rain 3", "Rain 4"]
    assert len(list(flipped.evidence.proofs())) == 5


def test_what_cannot_be_decoded_elsewhere_is_said_without_its_bytes(flipped):
    flipped.put_meta("a fact", "it is told")
    with flipped._writing() as connection:
        connection.execute(text(f"UPDATE meta SET value = {NO_TEXT.format('value')}"))

    with pytest.raises(StoreError) as refused:
        flipped.meta("a fact")

    assert str(refused.value).endswith(
        "a text in a column `value` is no UTF-8; restore the last backup "
        "(`mediawire verify` names all that is damaged)"
    )


def test_revisions_that_cannot_be_decoded_are_found(flipped):
    flipped.flip("articles", "title", "'Rain 2'")
    before = article("n2", title="Rain 2", listed_at=NOW - 2 * HOUR)
    for n in (1, 2, 3):
        new = replace(
            before, source_title=f"Again {n}", revision=n, updated=NOW + n * HOUR
        )
        flipped.record([polled(at=NOW + n * HOUR, changed=(new,))])
    with flipped._writing() as connection:
        value = NO_TEXT.format("title")
        connection.execute(
            text(f"UPDATE revisions SET title = {value} WHERE revision = 1")
        )

    wrong = {p.article_id: p.wrong for p in flipped.evidence.proofs() if p.wrong}

    assert wrong == {article("n2").id: ("its title cannot be read",)}


def test_a_proof_goes_on_where_not_even_the_source_can_be_decoded(flipped):
    flipped.flip("articles", "title", "'Rain 2'")
    # A connection of its own minds no foreign keys, as a bad disk does not.
    damage.flip(flipped._path.parent, "articles.source_id", article("n2").id)

    proofs = {proof.article_id: proof for proof in flipped.evidence.proofs()}

    assert len(proofs) == 5
    assert proofs[article("n2").id].source_id == "?"


def test_what_is_pruned_while_a_list_is_read_is_missing_and_harms_nothing(
    desk, monkeypatch
):
    monkeypatch.setattr("aggregator.store.readable.whole", lambda *_, **__: {})
    monkeypatch.setattr("aggregator.store.readable.marks", lambda *_: [])

    assert desk.latest(ALL, now=NOW, limit=3) == []


@pytest.mark.parametrize(
    ("damage", "left"),
    [
        # Nothing that is looked at when it goes.
        *((damage, ["n0", "n1", "n2"]) for damage in DAMAGES),
        (("articles", "desk_tags", "{"), ["n0", "n1", "n2", "n3"]),
    ],
)
def test_what_cannot_be_read_is_not_pruned_and_keeps_nothing_else(desk, damage, left):
    """A round of polls ended without its report, each time, until a backup was back."""
    spoil(desk, *damage, "n3")

    pruned = desk.prune(NOW - 2 * HOUR)

    kept = [mark.id for mark in desk.marks(ALL, now=NOW, limit=9)]
    assert kept == [article(name).id for name in left]
    assert pruned == 5 - len(left)
