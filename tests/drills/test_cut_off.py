"""A machine that starts without network goes on by itself when that is there."""

import json
import os
import subprocess
import sys

import pytest

from tests.drills.cut_off import NAMES

UNSHARE = ("unshare", "--net", "--mount", "--")


def may_part():
    """Whether this user may give a process a network and mounts of its own."""
    if os.geteuid() != 0:
        return False
    tried = [*UNSHARE, "sh", "-c", "ip link set lo up && mount --bind /mnt /mnt"]
    return subprocess.run(tried, check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not may_part(), reason="needs a network namespace of its own")
def test_a_start_without_network_serves_at_once_and_polls_at_its_return(tmp_path):
    """O5: read-only root, no HOME, no names: served at once, polled within 60 s, no burst.

    For seconds here; for ten minutes and hours: tests/fetching/test_cadence_network.py.
    """
    done = subprocess.run(
        [*UNSHARE, sys.executable, "-m", "tests.drills.cut_off", str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout)
    print(json.dumps(seen, indent=1))

    assert seen["served_s"] < 30
    assert seen["back_s"] < 60
    assert seen["code"] == 0
    assert seen["asked"] == sorted(f"/{name}" for name in NAMES)
    waits = "our own network is down: asked again once it is back"
    assert ["ok", 0, waits] in seen["while_down"]
    assert all(failures == 0 for _, failures, _ in seen["while_down"])
    assert seen["log"].count("network down") == 1
    assert "rror" not in seen["log"].replace("error=", "")
