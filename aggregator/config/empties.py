"""Keys without a value: `tags:` with nothing behind it, or all of it commented out.

A known key without a value is as if it were not there, so its default holds. A name
without a value (`groups: {persian: }`) is a mapping with nothing in it. `contact:` is an
empty text, for somebody took the address out. An unknown key is wrong with or without a
value.
"""

from copy import deepcopy
from functools import reduce
from operator import getitem
from typing import Any

from msgspec.structs import replace

from aggregator.config.reference import has_free_keys, keys_at, must_be_filled
from aggregator.config.sentences import unknown_key
from aggregator.config.written import Written
from aggregator.errors import Complaint


def settled(written: Written, schema_file: str) -> tuple[Written, list[Complaint]]:
    """Return the file with nothing empty left, and complaints about unknown keys."""
    if not written.empty:
        return written, []
    values: Any = deepcopy(written.values)
    complaints = []
    for path in written.empty:
        *above, key = path
        known = keys_at(schema_file, tuple(above))
        if has_free_keys(schema_file, tuple(above)):
            reduce(getitem, above, values)[key] = {}
        elif must_be_filled(schema_file, path):
            reduce(getitem, above, values)[key] = ""
        elif known is not None and key not in known:
            complaints.append(unknown_key(path, written, known))
    return replace(written, values=values, empty=()), complaints
