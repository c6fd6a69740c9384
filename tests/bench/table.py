"""Rows as lines of text: what, the value (min, median, max), the target, both times."""

from statistics import median


def lines(rows):
    for row in rows:
        values = row.values()
        low, middle, high = (f"{v:.3g}" for v in (values[0], row.value(), values[-1]))
        verdict = "" if not row.target() else "ok    " if row.holds() else "MISSED"
        both = ""
        if row.theirs:
            both = f"  {median(row.ours):.3g} against {median(row.theirs):.3g}"
        value = f"{middle}{row.suffix()} ({low} to {high})"
        note = f"  [{row.note}]" if row.note else ""
        yield f"{row.name:62}  {value:32}  {row.target():18} {verdict}{both}{note}"
