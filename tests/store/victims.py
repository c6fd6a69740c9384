"""Processes that are killed at work: started warm, so that the work is what is hit."""

import time
from pathlib import Path

from newsroom import HOUR, NOW, article, document, polled, source

from aggregator.model import Validators
from aggregator.store import migrate, migrations, open_store
from tests import warm


def killed(work, *arguments, after):
    """Start `work` in a process, wait until it begins, kill it so many seconds later."""
    ours, theirs = warm.server.Pipe()
    process = warm.server.Process(target=work, args=(theirs, *arguments))
    process.start()
    assert ours.poll(60)
    ours.recv()
    process.join(after)
    process.kill()
    process.join(60)
    ours.close()
    theirs.close()


def migrating(pipe, url, folder):
    """Migrate to a version that is found in a folder."""
    migrations.FOLDER = Path(folder)
    migrations.HEAD = f"{int(migrations.HEAD) + 1:04}"
    migrations.VERSIONS = (*migrations.VERSIONS, migrations.HEAD)
    pipe.send("begin")
    migrate(url)


def recording(pipe, url, sources):
    """Poll for ever: each poll brings two articles and validators that count them.

    It counts as begun when the first is recorded, however long that takes.
    """
    with open_store(url) as store:
        store.record([next_poll(store, sources[0])])
        pipe.send("begin")
        begun = time.monotonic()
        while time.monotonic() < begun + 60:
            for source_id in sources:
                store.record([next_poll(store, source_id)])


def next_poll(store, source_id):
    """Return the next poll of a source that gains two articles each time."""
    state = store.state(source_id)
    known = int(state.validators.etag or b"0")
    new = tuple(article(f"n{known + n}", source_id) for n in range(2))
    listed = [article(f"n{n}", source_id) for n in range(known + 2)]
    return polled(
        source_id,
        at=NOW + known * HOUR,
        new=new,
        document=document(*listed[-20:]),
        state=source(source_id, validators=Validators(etag=b"%d" % (known + 2))),
    )
