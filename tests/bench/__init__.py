"""What it costs: CPU time of Media Wire beside a script of the same four packages.

    python -m tests.bench                  everything, some minutes
    python -m tests.bench sweeps starts    these families only
    python -m tests.bench --rounds 5 --json costs.json --svg costs.svg

Each family is a module with `measure(rounds) -> Iterator[Row]`. Ours and theirs take
turns within a round, so that what else the machine does hits both. CPU time is the
kernel's, of the whole tree of processes; ratios are to be quoted, times are not.
"""
