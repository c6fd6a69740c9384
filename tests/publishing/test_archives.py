"""An entry of a month is rendered once, and the month is the same as made from nothing."""

import gzip
import os
import random
import re
import tracemalloc
from contextlib import suppress
from datetime import timedelta

import pytest
from builders import ANY_RIGHTS, NOON, article, publication, report
from msgspec.structs import replace

from aggregator.errors import PublishError
from aggregator.publishing import Archives, Marked, Missing, Stretch, collating, slip
from aggregator.publishing.formats import atom
from aggregator.publishing.margin import Tombstone
from aggregator.publishing.showing import fingerprint

MONTH = "2026-11"
ALL = range(1, 301)


class Months:
    """Archives in a folder, each written by a process of its own."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder / "feeds/wire/archive"
        self.output = folder
        self.rendered, self.deflated = [], []
        self.entry, self.deflate = atom.entry, collating.deflated
        monkeypatch.setattr(atom, "entry", self._rendered)
        monkeypatch.setattr(collating, "deflated", self._deflated)

    def _rendered(self, report, masthead):
        self.rendered.append(report.title)
        return self.entry(report, masthead)

    def _deflated(self, data, *level):
        self.deflated.append(data)
        return self.deflate(data, *level)

    def write(self, numbers, **changed):
        """Write a month of reports of these numbers; `changed` are those with a headline."""
        self.rendered.clear()
        self.deflated.clear()
        archives = Archives(self.output, base_url="https://wire.example")
        made = archives.volume(publication(), MONTH)
        for number in numbers:
            title = changed.get(f"n{number}", f"Report number {number}")
            shown = report(article(number, title=title), publication(), ANY_RIGHTS)
            of_it = slip(shown.article, fingerprint(shown).hex())
            made.add([of_it], {shown.article.id: shown})
        archives.write(publication(), MONTH, made, previous=None, now=NOON)
        return self.files()

    def grow(self, shown):
        """Write a month of articles by what they were made from, as the desk does.

        What is as it was when the month was written last is not looked at.
        """
        self.rendered.clear()
        archives = Archives(self.output, base_url="https://wire.example")
        made = archives.volume(publication(), MONTH)
        reports = {each.id: report(each, publication(), ANY_RIGHTS) for each in shown}
        slips = {}
        for each in reports.values():
            mark = fingerprint(each)
            slips[each.article.id] = slip(each.article, mark.hex())._replace(mark=mark)
        marked = [Marked(s.place, "agency", s.mark) for s in slips.values()]
        compared = made.compared("a basis", marked)
        known = [each for each in compared if not isinstance(each, Missing)]
        page = [slips[k.article_id] if isinstance(k, Marked) else k for k in known]
        made.add(page, reports)
        archives.write(publication(), MONTH, made, previous=None, now=NOON)
        return self.files()

    def files(self):
        return {
            path.name: path.read_bytes()
            for path in self.folder.iterdir()
            if not path.name.startswith(".")
        }


@pytest.fixture
def months(tmp_path, monkeypatch):
    return Months(tmp_path / "ours", monkeypatch)


@pytest.fixture
def others(tmp_path, monkeypatch):
    return Months(tmp_path / "others", monkeypatch)


def test_what_stands_in_the_file_is_never_rendered_again(months):
    months.write(ALL)

    months.write(ALL)

    assert months.rendered == []
    assert [data for data in months.deflated if b"<entry" in data] == []


def test_a_new_entry_is_the_only_one_rendered_and_its_run_the_only_one_deflated(months):
    whole = months.write(ALL[1:])[f"{MONTH}.atom"]

    months.write(ALL)

    assert months.rendered == ["Report number 1"]
    assert sum(map(len, months.deflated)) < len(whole) / 2


def test_a_changed_entry_is_rendered_again_and_no_other(months):
    months.write(ALL)

    after = months.write(ALL, n7="Changed")

    assert months.rendered == ["Changed"]
    assert b"<title>Changed</title>" in after[f"{MONTH}.atom"]
    assert b"<title>Report number 7</title>" not in after[f"{MONTH}.atom"]


def test_a_month_put_together_in_steps_is_that_made_at_once(months, others):
    months.write(ALL[100:200])
    months.write(ALL[40:200], n55="Changed")
    months.write(ALL)

    assert months.files() == others.write(ALL)
    files = months.files()
    assert gzip.decompress(files[f"{MONTH}.atom.gz"]) == files[f"{MONTH}.atom"]


@pytest.mark.parametrize("seed", range(6))
def test_a_month_that_grew_in_any_way_is_that_made_at_once(months, others, seed):
    """New at either end and between, changed, gone, unfit, or twice under one id."""
    dice = random.Random(seed)
    every = {number: article(number) for number in range(1, 400)}
    shown = set(dice.sample(sorted(every), 250))
    for turn in range(8):
        for number in dice.sample(sorted(every), dice.choice([1, 3, 30])):
            kind = dice.randrange(6)
            said = f"Headline {dice.random()}" + "\0" * (kind == 0)
            as_other = every[dice.choice(sorted(every))].published_id
            one = article(number, title=said, language=dice.choice(["en", "fa", None]))
            every[number] = replace(one, published_id=as_other) if kind == 1 else one
            (shown.discard if kind in (2, 3) else shown.add)(number)
        grown = months.grow([every[number] for number in sorted(shown)])

        assert len(months.rendered) < 60 or turn == 0
        for path in others.folder.glob(".*"):
            path.unlink()
        assert grown == others.grow([every[number] for number in sorted(shown)])
    body = grown[f"{MONTH}.atom"]
    assert gzip.decompress(grown[f"{MONTH}.atom.gz"]) == body


def test_a_month_of_any_length_grows_within_the_same_memory(months):
    body = "".join(f"<p>Words {n}, in the agency's own order.</p>" for n in range(80))
    many = [article(n, body=body) for n in range(1, 1001)]
    whole = months.grow(many[1:])
    new = report(many[0], publication(), ANY_RIGHTS)
    of_it = slip(new.article, fingerprint(new).hex())

    tracemalloc.start()
    archives = Archives(months.output, base_url="https://wire.example")
    made = archives.volume(publication(), MONTH)
    made.add([of_it, Stretch(0, 999)], {new.article.id: new})
    archives.write(publication(), MONTH, made, previous=None, now=NOON)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(whole[f"{MONTH}.atom"]) > 4_000_000
    assert most < 1_500_000
    assert months.files() == months.grow(many)


@pytest.mark.parametrize("at", range(8))
def test_what_a_crash_left_is_made_good_when_the_month_is_next_written(
    months, others, at
):
    months.grow(list(map(article, ALL[9:])))
    passed = []

    def crash(step):
        passed.append(step)
        if len(passed) > at:
            raise KeyboardInterrupt

    dying = Archives(months.output, base_url="https://wire.example", step=crash)
    made = dying.volume(publication(), MONTH)
    new = report(article(ALL[8]), publication(), ANY_RIGHTS)
    of_it = slip(new.article, fingerprint(new).hex())
    made.add([of_it, Stretch(0, len(ALL) - 9)], {new.article.id: new})
    with suppress(KeyboardInterrupt):
        dying.write(publication(), MONTH, made, previous=None, now=NOON)

    assert months.grow(list(map(article, ALL))) == others.grow(list(map(article, ALL)))
    assert not list(months.folder.glob("*.new"))


def test_a_file_that_is_written_into_meanwhile_leaves_the_month_as_it_was(months):
    whole = months.grow(list(map(article, ALL)))
    archives = Archives(months.output, base_url="https://wire.example")
    made = archives.volume(publication(), MONTH)
    made.add([Stretch(0, 200)], {})
    path = months.folder / f"{MONTH}.atom"
    os.utime(path, (1, 1))

    with pytest.raises(PublishError, match="was changed while it was read"):
        archives.write(publication(), MONTH, made, previous=None, now=NOON)

    assert months.files() == whole


@pytest.mark.parametrize(
    "name", [f"{MONTH}.atom", f"{MONTH}.atom.gz", f".{MONTH}.pieces"]
)
def test_where_a_byte_is_in_doubt_all_is_rendered_anew(months, name):
    whole = months.write(ALL)
    path = months.folder / name
    path.write_bytes(path.read_bytes().replace(b"3", b"4", 1))

    assert months.write(ALL) == whole
    assert len(months.rendered) == len(ALL)


def test_a_month_tells_under_which_ids_something_stands_in_it(months):
    months.grow([article(1, published_id="https://a.example/?x=1&y"), article(2)])
    archives = Archives(months.output, base_url="https://wire.example")
    gone = article(2).published_id
    asked = ["https://a.example/?x=1&y", "https://agency.example/", gone]

    before = archives.standing("wire", MONTH, asked)
    stone = Tombstone(ref=gone, at=NOON, reason="a hoax")
    archives.take_back("wire", MONTH, [stone], now=NOON)

    assert before == {"https://a.example/?x=1&y", gone}
    assert archives.standing("wire", MONTH, asked) == {"https://a.example/?x=1&y"}
    assert archives.standing("wire", "2020-01", asked) == set()


def test_a_report_is_taken_back_whatever_its_name_holds(months):
    name = 'https://agency.example/?a=1&b=<2>"'
    months.grow([article(1, published_id=name), article(2)])

    archives = Archives(months.output, base_url="https://wire.example")
    stone = Tombstone(ref=name, at=NOON, reason="a hoax")
    archives.take_back("wire", MONTH, [stone], now=NOON)

    body = months.files()[f"{MONTH}.atom"]
    assert b"<title>Report number 1</title>" not in body
    assert b"<title>Report number 2</title>" in body
    assert b"a hoax" in body


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        (["fa", "fa"], [b"fa"]),
        (["fa", "en"], []),
        (["fa", None], []),
    ],
)
def test_a_month_says_in_which_language_all_of_it_is(months, spoken, said):
    shown = [article(n, language=language) for n, language in enumerate(spoken)]

    body = months.grow(shown)[f"{MONTH}.atom"]

    head = body.partition(b"<entry")[0]
    assert re.findall(rb'xml:lang="(.*?)"', head) == said


@pytest.mark.parametrize("at", [0, -40, -1])
def test_an_index_with_a_byte_in_doubt_is_none_wherever_that_is(months, at):
    """In its head, in its last line, in its own digest."""
    whole = months.write(ALL)
    path = months.folder / f".{MONTH}.pieces"
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.write_bytes(body)

    assert months.write(ALL) == whole
    assert len(months.rendered) == len(ALL)


def test_an_entry_that_cannot_be_published_is_tried_once(months):
    months.write(ALL[:3], n2="no \x00 headline")
    assert len(months.rendered) == 2

    body = months.write(ALL[:3], n2="no \x00 headline")[f"{MONTH}.atom"]

    assert months.rendered == []
    assert body.count(b"<entry") == 2


def test_a_head_that_cannot_be_read_leaves_the_month_as_it_was(months, monkeypatch):
    whole = months.write(ALL[:3])
    beside = atom.beside

    def broken(head, margin):
        return beside(head, margin).__class__(before=b"<feed><entry>", after=b"</feed>")

    monkeypatch.setattr(atom, "beside", broken)

    with pytest.raises(PublishError):
        months.write(ALL[:4])
    assert months.files() == whole


def test_a_page_with_a_bad_entry_is_read_back_one_by_one(months, monkeypatch):
    """A reader that finds something else than was meant costs one entry, not the page."""
    good = atom.entry

    def mixed_up(report, masthead):
        entry = good(report, masthead)
        return entry.replace(b"Report number 2<", b"Report number 9<", 1)

    monkeypatch.setattr(atom, "entry", mixed_up)
    archives = Archives(months.output, base_url="https://wire.example")
    made = archives.volume(publication(), MONTH)
    reports = [report(article(n), publication(), ANY_RIGHTS) for n in (1, 2, 3)]
    made.add(
        [slip(each.article, each.title) for each in reports],
        {each.article.id: each for each in reports},
    )
    later = NOON + timedelta(hours=1)
    archives.write(publication(), MONTH, made, previous=None, now=later)

    body = months.files()[f"{MONTH}.atom"]
    assert body.count(b"<entry") == 2
    assert b"number 9" not in body
