"""O4: threads share what memory they gave back, instead of keeping it each for itself."""

import os
import subprocess
import sys

import pytest

CROWD = """
import ctypes, sys, threading
from aggregator.engines import arenas

arenas.share()
all_at_once = threading.Barrier(16)

def need_memory():
    all_at_once.wait()
    kept = [bytes(50_000) for _ in range(20)]
    all_at_once.wait()

crowd = [threading.Thread(target=need_memory) for _ in range(16)]
for each in crowd: each.start()
for each in crowd: each.join()

c = ctypes.CDLL(None)
c.fopen.restype = ctypes.c_void_p
told = c.fopen(b"/dev/stdout", b"w")
c.malloc_info(0, ctypes.c_void_p(told))
c.fclose(ctypes.c_void_p(told))
"""


@pytest.mark.skipif(
    not os.confstr_names.get("CS_GNU_LIBC_VERSION"), reason="another C library"
)
@pytest.mark.parametrize(("said", "are_bounded"), [("", True), ("16", False)])
def test_a_crowd_of_threads_shares_its_memory(said, are_bounded):
    """Unless the operator says otherwise."""
    environment = {k: v for k, v in os.environ.items() if k != "MALLOC_ARENA_MAX"}
    if said:
        environment["MALLOC_ARENA_MAX"] = said

    told = subprocess.run(
        [sys.executable, "-c", CROWD],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    ).stdout

    assert (told.count("<heap nr=") <= 2) == are_bounded
