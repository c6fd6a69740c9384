"""What is not fit for the service is named, each with what to do."""

import json
import tempfile
import tomllib
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from aggregator.app import doctor
from aggregator.app.configuring import load_config
from aggregator.app.doctor import WATCHED, Found, complaints, examined
from tests.installation import Installation

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = Found(
    versions=dict.fromkeys(WATCHED, "9.0.0"),
    floors={
        "urllib3": "2.8.0",
        "requests": "2.34.2",
        "nh3": "0.3.8",
        "lxml": "6.1.3",
        "pyyaml": "6.0.4",
    },
    expat="2.7.1",
    has_libxml2_driver=False,
    now=NOON,
    installed=NOON - DAY,
    newest=NOON,
)


def held(**versions):
    return {"versions": GOOD.versions | versions}


FAULTS = {
    "urllib3 2.2.0": held(urllib3="2.2.0"),
    "requests 2.31.0": held(requests="2.31.0"),
    "its ammonia": held(nh3="0.2.14"),
    "lxml": held(lxml="5.3"),
    "pyyaml 6.0.3": held(pyyaml="6.0.3"),
    "expat 2.2.10": {"expat": "2.2.10"},
    "drv_libxml2": {"has_libxml2_driver": True},
    "newest article was seen": {"newest": NOON + DAY},
    "was installed at": {"installed": NOON + DAY, "newest": None},
    "that of the database server 12:01:00": {"server": NOON + DAY / 1440},
    "TMPDIR": {"has_temporary": False},
    "data/public": {"hindered": {"data/public": "cannot be written to"}},
    "is damaged": {"store": "wire.db: the file is damaged: restore the last backup"},
}


@pytest.mark.parametrize("named", FAULTS)
def test_each_fault_is_named(named):
    """O6: old urllib3, requests, expat, ammonia; SAX driver; clock; folder: 8 of 8."""
    [complaint] = complaints(replace(GOOD, **FAULTS[named]))

    assert named in complaint


def test_no_library_with_a_fault_named_here_is_let_in_by_the_requirements():
    """PyYAML before 6.0.4 ends the process at 100,000 brackets, and tells nobody."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    wanted = set(project["project"]["dependencies"])

    assert {f"{name}>={floor}" for name, floor in GOOD.floors.items()} <= wanted


def test_a_sound_installation_has_no_complaint():
    assert complaints(GOOD) == []


def test_the_command_looks_at_this_installation(tmp_path):
    """O6: non-zero exit, and the driver is found where feedparser would find it."""
    at = Installation(tmp_path, {"a": "https://a.example/"})
    well = at.run("doctor").stdout
    (tmp_path / "drv_libxml2.py").write_text("")
    (tmp_path / "public").write_text("a file where the folder should be")

    told = at.run(
        "doctor", "--json", code=1, environ={"PYTHONPATH": f"{tmp_path}:{Path.cwd()}"}
    )

    assert well == "all is well\n"
    found = json.loads(told.stdout)["complaints"]
    assert [name for name in ("drv_libxml2", "public") if name in "".join(found)] == [
        "drv_libxml2",
        "public",
    ]


def test_a_folder_that_can_never_be_made_is_named_though_root_may_all(tmp_path):
    """O6: root is told that it may write below /proc, and may not."""
    at = Installation(tmp_path, {"a": "https://a.example/"})

    told = at.run("doctor", code=1, environ={"MEDIAWIRE_OUTPUT": "/proc/x/public"})

    assert "/proc/x/public" in told.stdout + told.stderr


def test_a_folder_that_may_not_be_entered_is_named(tmp_path, monkeypatch):
    """O6: the command ended with "Permission denied", and named nothing else."""
    at = Installation(tmp_path, {"a": "https://a.example/"})
    config = load_config(at.config, environ={})
    stat = Path.stat

    def refused(path, **said):
        if path.is_relative_to(tmp_path):
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **said)

    monkeypatch.setattr(Path, "stat", refused)
    monkeypatch.setattr(doctor, "TemporaryFile", partial(refused, tmp_path))

    told = "".join(complaints(examined(config, now=NOON)))

    assert f"{tmp_path}: cannot be written to" in told
    assert f"{tmp_path}/public: cannot be written to" in told


def test_a_disk_that_takes_empty_files_alone_is_full(tmp_path, monkeypatch):
    """With 0 bytes left beside a running service all was well."""
    at = Installation(tmp_path, {"a": "https://a.example/"})
    full = partial(Path("/dev/full").open, "wb")
    monkeypatch.setattr(
        doctor, "TemporaryFile", lambda *, buffering, **_: full(buffering)
    )

    found = examined(load_config(at.config, environ={}), now=NOON)

    assert "the disk is full; free some space" in "".join(complaints(found))


def test_a_machine_without_a_folder_for_temporary_files_is_named(tmp_path, monkeypatch):
    """As in a container whose root is read-only and that has no tmpfs at /tmp."""
    at = Installation(tmp_path, {"a": "https://a.example/"})
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/proc/x"])

    found = examined(load_config(at.config, environ={}), now=NOON)

    assert not found.has_temporary


def test_an_example_that_still_stands_as_contact_is_named_where_it_matters(tmp_path):
    at = Installation(tmp_path, {"a": "file:nothing.xml"})
    at.write(
        "mediawire.yaml",
        f"store: sqlite:///{tmp_path}/wire.db\noutput: {tmp_path}/public\n",
    )
    warning = "contact is still the example"

    told_by_doctor = at.run("doctor")
    told = {
        command: at.run(*command.split()).stderr.count(warning)
        for command in (
            "poll",
            "check",
            "status",
            "search x",
            "article list",
            "publish",
        )
    }

    assert told_by_doctor.stdout == "all else is well\n"
    assert warning in told_by_doctor.stderr
    assert json.loads(at.run("doctor", "--json").stdout)["warnings"]
    assert told == {
        "poll": 1,
        "check": 1,
        "status": 0,
        "search x": 0,
        "article list": 0,
        "publish": 0,
    }
