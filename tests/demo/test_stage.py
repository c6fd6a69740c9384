"""The demo keeps to its temporary folder, whatever that is named."""

import pytest

from aggregator.app.configuring import load_config
from aggregator.demo.stage import build
from aggregator.store import file_of_store


@pytest.mark.parametrize("name", ["plain", "a%20b #1", "what?", 'it\'s: "é"'])
def test_all_that_the_demo_writes_lies_in_its_folder(tmp_path, name):
    folder = tmp_path / name

    config = build(folder, origin="http://127.0.0.1:1", listen="127.0.0.1:2")
    read = load_config(config, environ={})

    assert file_of_store(read.store) == folder / "data" / "mediawire.db"
    assert read.output == folder / "data" / "public"


def test_the_demo_has_nothing_to_warn_of(tmp_path):
    config = build(tmp_path, origin="http://127.0.0.1:1", listen="127.0.0.1:2")

    assert load_config(config, environ={}).warnings == ()
