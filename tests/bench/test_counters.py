"""What a round does, counted: these numbers cannot lie as times can.

Two sources of three items each are files, so that a round takes as long as it must.
"""

import re
import string
import subprocess
import sys
from collections import Counter

import pytest
from installation import Installation
from sqlalchemy import event

from aggregator import deflate
from aggregator.app.configuring import load_config
from aggregator.app.round import poll_round
from aggregator.app.wire import Wire
from aggregator.publishing import bound, collating, document, pieces, volume
from aggregator.store import bodies

ITEM = (
    "<item><guid>{n}</guid><title>Report {n}</title>"
    "<link>https://agency.example/{n}</link><description>Words {n}.</description>"
    "<pubDate>Mon, 01 Jun 2026 0{n}:00:00 GMT</pubDate></item>"
)


def feed(*numbers):
    items = "".join(ITEM.format(n=n) for n in numbers)
    head = "<title>Agency</title><link>https://agency.example/</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'


# Of what a round asks whatever the number of its sources: config, rights, schedule, editions.
READS_OF_A_ROUND = 10


class Desk:
    """A wire whose every costly step is counted."""

    def __init__(self, folder, monkeypatch, names="ab"):
        self.at = Installation(folder, {name: f"file:{name}.xml" for name in names})
        for name in names:
            self.at.write(f"{name}.xml", feed(1, 2, 3))
        self.wire = Wire(load_config(self.at.config, environ={}))
        self.counted = Counter()
        self._count_reading(monkeypatch)
        self._count_rendering(monkeypatch)
        event.listen(self.wire.store._engine, "before_cursor_execute", self._executed)

    def round(self):
        """Poll both sources, due or not, and return what that took."""
        self.wire.enlist()
        self.counted.clear()
        summary = poll_round(self.wire, list(self.wire.schedule.states().values()))
        assert summary.failed == 0
        return self.counted

    def sent(self):
        """Return how many documents reading processes were given so far."""
        return sum(process.documents for process in self.wire.workers._all)

    def _count_reading(self, monkeypatch):
        workers = self.wire.workers
        real = workers.read

        def read(request):
            reading = real(request)
            self.counted["documents"] += 1
            self.counted["items parsed"] += reading.entries_parsed
            return reading

        monkeypatch.setattr(workers, "read", read)

    def _count_rendering(self, monkeypatch):
        def rendered(reports, *arguments):
            self.counted["renders"] += len(reports)
            return pieces.pieces_of(reports, *arguments)

        def compressed(words):
            self.counted["bytes compressed"] += len(words)
            return deflate.zlib_form(words)

        def deflated(data, *level):
            self.counted["bytes compressed"] += len(data)
            return deflate.deflated(data, *level)

        def archived(reports, *arguments):
            self.counted["renders of months"] += len(reports)
            return pieces.pieces_of(reports, *arguments)

        monkeypatch.setattr(document, "pieces_of", rendered)
        monkeypatch.setattr(volume, "pieces_of", archived)
        monkeypatch.setattr(bound, "deflated", deflated)
        monkeypatch.setattr(collating, "deflated", deflated)
        monkeypatch.setattr(document, "deflated", deflated)
        monkeypatch.setattr(pieces, "deflated", deflated)
        monkeypatch.setattr(bodies, "zlib_form", compressed)

    def _executed(self, _connection, _cursor, statement, parameters, _context, many):
        self.counted["statements that read"] += statement.startswith("SELECT")
        written = re.match(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", statement)
        if written:
            rows = len(parameters) if many else 1
            self.counted[f"rows of {written[1]}"] += rows
            self.counted["statements that write"] += 1


@pytest.fixture
def desk(tmp_path, monkeypatch):
    desk = Desk(tmp_path, monkeypatch)
    yield desk
    desk.wire.close()


def test_the_first_round_reads_every_item_once(desk):
    counted = desk.round()

    assert counted["documents"] == 2
    assert counted["items parsed"] == 6
    assert counted["rows of articles"] == 6
    assert counted["bytes compressed"] > 0
    # The two sources carry the same three reports.
    assert counted["renders"] == 3 * 3
    assert counted["renders of months"] == 3


def test_an_unchanged_source_costs_its_own_row_and_nothing_else(desk):
    desk.round()

    counted = desk.round()

    # Once before it is asked, so that a crash does not ask again, and once after: a
    # statement for all that are asked, and one for all that came in together.
    assert counted.pop("rows of sources") == 4
    assert counted.pop("statements that write") <= 3
    assert counted.pop("statements that read") <= READS_OF_A_ROUND
    assert {what: n for what, n in counted.items() if n} == {}


def test_more_unchanged_sources_read_no_more(tmp_path, monkeypatch):
    """Nothing is asked of the store for a single source that did not change."""
    read = []
    for name, count in (("few", 2), ("many", 12)):
        desk = Desk(tmp_path / name, monkeypatch, names=string.ascii_lowercase[:count])
        desk.round()
        read.append(desk.round()["statements that read"])
        desk.wire.close()

    assert read[0] == read[1]


def test_one_new_item_is_the_only_one_that_is_parsed_and_written(desk):
    desk.round()
    desk.at.write("a.xml", feed(4, 1, 2, 3))

    counted = desk.round()

    assert counted["documents"] == 1
    assert counted["items parsed"] == 1
    assert counted["rows of articles"] == 1
    assert counted["rows of bodies"] == 1


def test_a_document_with_other_bytes_and_the_same_items_parses_none(desk):
    desk.round()
    sent = desk.sent()
    desk.at.write("a.xml", feed(1, 2, 3).replace("</channel>", "<!-- x --></channel>"))

    counted = desk.round()

    assert counted["documents"] == 1
    assert counted["items parsed"] == 0
    assert desk.sent() == sent
    assert counted["rows of articles"] == 0
    assert counted["renders"] == 0


# Says at the end of a command what it loaded, and whether garbage is looked for.
CONFESSING = (
    "import atexit, gc, sys\n"
    "def confess(): print(gc.isenabled(), gc.get_freeze_count() > 0, *sys.modules, file=sys.stderr)\n"
    "atexit.register(confess)\n"
    "from aggregator.cli import main\n"
    "main()\n"
)
# What checks a config, reads documents, writes them, shows them, and makes a store.
UNNEEDED = {
    *("pydantic", "yaml", "aggregator.config.load"),
    *("feedparser", "lxml", "nh3", "feedgen", "jinja2", "starlette", "uvicorn"),
    *("rich", "alembic", "psycopg", "babel", "ruamel.yaml", "apscheduler", "regex"),
    *("aggregator.publishing.check", "aggregator.text.markup.characters"),
}


def confession(at, *arguments):
    """Run a command of its own interpreter; return what it says of itself."""
    ours = at.command(*arguments)[3:]
    done = subprocess.run(
        [sys.executable, "-c", CONFESSING, *ours],
        cwd=at.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    looks_for_garbage, spares_the_start, *modules = done.stderr.split()
    return looks_for_garbage == "True", spares_the_start == "True", set(modules)


def test_a_round_that_brings_nothing_loads_what_it_needs(tmp_path):
    at = Installation(tmp_path, {"a": "file:a.xml"})
    at.write("a.xml", feed(1, 2, 3))
    at.poll()

    looks_for_garbage, spares_the_start, modules = confession(
        at, "-q", "poll", "--force"
    )

    assert "aggregator.poll" in modules
    assert modules & UNNEEDED == set()
    assert looks_for_garbage
    assert spares_the_start


def test_status_loads_what_it_needs(tmp_path):
    """A door that was opened at the top of a module loaded pydantic: 0.3 s of CPU."""
    at = Installation(tmp_path, {"a": "file:a.xml"})
    at.run("status")

    _, _, modules = confession(at, "status", "--json")

    assert "aggregator.cli.status" in modules
    assert modules & UNNEEDED == set()
