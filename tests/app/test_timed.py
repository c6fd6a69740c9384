"""Where time alone shows or hides a report, a running service publishes every half minute."""

from datetime import timedelta

import pytest

from aggregator.app.service import REPUBLISH, REPUBLISH_TIMED, Service
from aggregator.app.wire import Wire
from aggregator.model import Config, Publication, Rights, Selection, Source
from tests import emptystore

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("rights", "select", "pause"),
    [
        (Rights(), Selection(), REPUBLISH),
        (Rights(embargo=HOUR), Selection(), REPUBLISH_TIMED),
        (Rights(expires=HOUR), Selection(), REPUBLISH_TIMED),
        (Rights(), Selection(max_age=HOUR), REPUBLISH_TIMED),
    ],
)
def test_what_time_decides_is_looked_at_soon(
    tmp_path, monkeypatch, rights, select, pause
):
    config = Config(
        folder=tmp_path,
        store=emptystore.at(tmp_path),
        output=tmp_path / "public",
        sources=(Source(id="ap", url="https://ap.example/feed", rights=rights),),
        publications=(Publication(id="wire", title="Wire", select=select),),
    )
    wire = Wire(config)
    service = Service(wire, lambda: config)
    monkeypatch.setattr(wire.schedule, "due", lambda _limit, **_: [])
    monkeypatch.setattr("aggregator.app.service.monotonic", lambda: 1000.0)
    try:
        service.tick()
        assert service._next_print == 1000.0 + pause.total_seconds()
    finally:
        service._press.stop(10)
        service._engine.stop(timedelta(seconds=1))
        wire.close()
