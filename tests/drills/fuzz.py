"""Feed mutated documents to the reading workers: none may die or let anything escape.

    python -m tests.drills.fuzz --documents 100000 [--seed 1] [--processes 2]

The documents are those of the corpus where it is present (1 to 64 KB each), else feeds
of our own. A failure prints seed and number, and writes the document to a temporary file.
Exit status 1 if anything escaped. Figure I17: 0 of 100,000.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import ReadError
from aggregator.model import ReadingLimits, Source
from aggregator.reading import ReadRequest, Workers
from tests.corpus import FOLDER, files
from tests.mutation import mutated

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOURCE = Source(id="fuzz", url="https://fuzz.example/feed")
OWN = (
    b"""<rss version="2.0"><channel><title>t</title><item><guid>1</guid>
    <title>a &amp; b</title><description><![CDATA[<p>x</p>]]></description></item>
    </channel></rss>""",
    b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>urn:x:1</id>
    <entry><id>urn:x:2</id><title type="html">&lt;b&gt;</title></entry></feed>""",
    b"""{"title": "t", "items": [{"id": "1", "content_html": "<p>x</p>"}]}""",
)
SMALLEST, LARGEST = 1_024, 65_536  # bytes


def seeds():
    """Return the documents to mutate."""
    if not FOLDER.is_dir():
        return OWN
    found = [
        path.read_bytes() for path in (*files("snapshots/"), *files("conformance/"))
    ]
    return tuple(body for body in found if SMALLEST <= len(body) <= LARGEST)


def main():
    """Run the drill; return the exit status."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--documents", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--processes", type=int, default=2)
    given = options.parse_args()
    originals = seeds()
    readers = Workers(ReadingLimits(workers=given.processes))
    outcomes = Counter()

    def one(number):
        chance = random.Random(f"{given.seed}-{number}")
        body = mutated(chance.choice(originals), chance)
        try:
            readers.read(ReadRequest(source=SOURCE, url=SOURCE.url, body=body, now=NOW))
        except ReadError as error:
            outcomes[error.problem] += 1
            if "life of the process" not in str(
                error
            ) and "breaks the reader" not in str(error):
                return
            report(number, body, error)
        except Exception as error:  # noqa: BLE001 - what the drill looks for
            report(number, body, error)
        else:
            outcomes["articles"] += 1

    def report(number, body, error):
        outcomes["ESCAPED"] += 1
        with tempfile.NamedTemporaryFile(suffix=".xml", delete=False) as kept:
            kept.write(body)
        print(f"seed {given.seed}, document {number}: {error!r}: {Path(kept.name)}")

    began = time.monotonic()
    with ThreadPoolExecutor(given.processes) as threads:
        for _ in threads.map(one, range(given.documents)):
            pass
    readers.close()
    took = time.monotonic() - began
    print(
        f"{given.documents} documents from {len(originals)} in {took:.0f} s: {outcomes}"
    )
    return 1 if outcomes["ESCAPED"] else 0


if __name__ == "__main__":
    sys.exit(main())
