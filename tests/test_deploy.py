"""What an operator installs beside the program: container, unit, man page."""

import configparser
import json
import platform
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from aggregator.cli import CONFIG_INVALID, WRONG_USE, mediawire
from tests.manpage import PAGE, written

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def run(tool, *arguments):
    """Run a tool of this environment; return what it says, which is all it says."""
    done = subprocess.run(
        [Path(sys.executable).with_name(tool), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def takes(words):
    """Fail unless the command line takes these words after `mediawire`."""
    with mediawire.make_context("mediawire", list(words)) as top:
        left = [*top._protected_args, *top.args]
        _, command, left = mediawire.resolve_command(top, left)
        command.make_context(command.name, left, parent=top)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="hadolint is built for it")
def test_the_dockerfile_passes_its_linter():
    assert run("hadolint", "Dockerfile") == (0, "")


def test_the_container_runs_without_root_and_tells_its_health():
    stage = DOCKERFILE.rpartition("\nFROM ")[2]

    assert re.search(r"^USER [1-9]\d*$", stage, re.MULTILINE)
    [health] = re.findall(r"^HEALTHCHECK .*CMD (.*)$", stage, re.MULTILINE)
    [entry] = re.findall(r"^ENTRYPOINT (.*)$", stage, re.MULTILINE)
    [command] = re.findall(r"^CMD (.*)$", stage, re.MULTILINE)
    assert json.loads(entry) == json.loads(health)[:1] == ["mediawire"]
    takes(json.loads(health)[1:])
    takes(json.loads(command))


def test_the_build_gets_all_that_the_dockerfile_copies_and_no_more():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}

    copied = {
        word
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for word in line.split()[:-1]
    }
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_the_compose_file_is_one_and_mounts_what_the_image_has():
    schema = ("--builtin-schema", "vendor.compose-spec")
    code, said = run("check-jsonschema", *schema, "compose.yaml")
    assert code == 0, said

    [wire] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values()
    places = [volume.split(":")[1] for volume in wire["volumes"]]
    assert places == ["/srv/wire/config", "/srv/wire/data"]
    assert all(place in DOCKERFILE for place in places)


def test_the_compose_file_changes_the_config_as_its_owner():
    """Nothing in a folder of the host may be written by the user of the image, 10001."""
    lines = (ROOT / "compose.yaml").read_text().replace("\\\n#", "").splitlines()
    [line] = [line for line in lines if "docker compose run" in line]

    _, options, command = re.split(r" run | wire ", line)
    assert shlex.split(options)[1:3] == ["--user", "$(id -u)"]
    assert "./config:/srv/wire/config" in options
    takes(shlex.split(command))


def shipped_unit():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(ROOT / "deploy" / "mediawire.service")
    return unit


def test_the_unit_begins_after_the_clock_was_set_where_somebody_sets_it():
    """systemd.special(7): order after time-sync.target, and do not pull it in."""
    unit = shipped_unit()["Unit"]

    assert "time-sync.target" in unit["After"].split()
    assert "time-sync.target" not in unit["Wants"]


def test_the_unit_says_how_to_make_the_folders_that_it_does_not_start_without():
    """systemd.exec(5): a path that does not exist is an error, if no "-" goes before."""
    text = (ROOT / "deploy" / "mediawire.service").read_text()
    service = shipped_unit()["Service"]

    for folder in service["ReadWritePaths"].split():
        made = f"#   install --directory --owner {service['User']} {folder}"
        assert made in text.splitlines()


def test_the_unit_starts_our_command_and_its_watchdog_is_slower_than_our_tick():
    service = shipped_unit()["Service"]

    program, *words = shlex.split(service["ExecStart"])
    assert program.endswith("/bin/mediawire")
    takes(words)
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) > 10
    assert "HUP" in service["ExecReload"]
    assert set(map(int, service["RestartPreventExitStatus"].split())) == {
        WRONG_USE,
        CONFIG_INVALID,
    }


def test_the_man_page_says_what_the_commands_say():
    assert PAGE.read_text(encoding="utf-8") == written(), (
        "run `python -m tests.manpage`"
    )
