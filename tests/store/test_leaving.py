"""Who is left by an article is noted with what makes it leave, and with nothing else."""

import pytest
from msgspec.structs import replace
from newsroom import HOUR, MINUTE, NOW, article, id_of, polled, source

from aggregator.store import LEFT
from aggregator.store.twins import Join

LINK = "https://agency.example/flood"


@pytest.fixture
def desk(store):
    """A store in which two papers carry a report, a third nearly the same; one is alone."""
    for id_ in ("ap", "bbc", "irna"):
        store.put_states([source(id_)], configured={id_})
    shared = {"url": LINK, "keys": (f"link:{LINK}",)}
    for id_, said in (("ap", shared), ("bbc", shared), ("irna", {})):
        store.record([polled(id_, new=(article("flood", id_, **said),))])
    store.record([polled("ap", new=(article("storm", "ap"),))])
    join = Join(id_of("irna flood"), id_of("ap flood"), 0.9)
    store.twins.put([(store.article(id_), b"") for id_ in join[:2]], [join])
    return store


FAMILY = {id_of("ap flood"), id_of("bbc flood"), id_of("irna flood")}


def left(store, since=NOW):
    return {each.id for each in store.twins.left(since)}


def changes(store, name, at, **said):
    other = replace(store.article(id_of(name)), revision=1, **said)
    took = {"took": MINUTE, "changed": (other,)}
    store.record([polled(other.source_id, at, **took)])


def test_all_who_had_to_do_with_what_is_taken_back_are_noted(desk):
    desk.withdraw(id_of("bbc flood"), at=NOW + HOUR, reason="a hoax", by="desk")

    assert left(desk, NOW + HOUR) == FAMILY
    assert left(desk, NOW + HOUR + MINUTE) == set()


def test_so_are_those_whose_twin_its_source_takes_back(desk):
    gone = ((id_of("irna flood"), "a hoax"),)
    desk.record([polled("irna", NOW + HOUR, took=MINUTE, deletions=gone)])

    assert {each.at for each in desk.twins.left(NOW)} == {NOW + HOUR + MINUTE}
    assert left(desk) == FAMILY


def test_so_are_those_whose_twin_is_split_off(desk):
    desk.twins.split(id_of("ap flood"), now=NOW + HOUR)

    assert left(desk) == FAMILY


def test_so_are_those_whose_twin_gets_another_link(desk):
    changes(desk, "bbc flood", NOW + HOUR, url="https://bbc.example/own", keys=())

    assert left(desk) == FAMILY


def test_nobody_is_left_by_what_had_no_twin(desk):
    changes(desk, "ap storm", NOW + HOUR, url="https://ap.example/own", keys=())
    desk.withdraw(id_of("ap storm"), at=NOW + HOUR, reason="a hoax", by="desk")

    assert left(desk) == set()
    assert desk.metas(LEFT) == {}


def test_who_is_left_at_the_same_time_by_another_one_is_told_to_who_publishes(desk):
    told = set()
    for name in ("bbc flood", "irna flood"):
        desk.withdraw(id_of(name), at=NOW + HOUR, reason="a hoax", by="desk")
        told.add(desk.metas(LEFT)[LEFT])

    assert len(told) == 2


def test_what_is_older_than_anybody_keeps_is_forgotten(desk):
    desk.twins.split(id_of("ap flood"), now=NOW + HOUR)
    desk.twins.split(id_of("irna flood"), now=NOW + 2 * HOUR)

    desk.prune(NOW + 2 * HOUR)

    assert {each.at for each in desk.twins.left(NOW - HOUR)} <= {NOW + 2 * HOUR}
