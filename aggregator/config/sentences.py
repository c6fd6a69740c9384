"""Say what is wrong with a file so that a person at 2 a.m. can put it right.

In: a Written and what pydantic found in it. Out: complaints, each with its place. The
wording is ours throughout; pydantic's never reaches an operator.
"""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aggregator.config.reference import keys_at
from aggregator.config.written import Path, Written, nearest
from aggregator.errors import Complaint

_LIST = "write a list, for example [one, two]"
_MAPPING = "write keys and values below it, each as key: value"

_SENTENCES = {
    "missing": "is missing",
    "too_short": "is empty; write at least one, or take the key out",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
}
# What other programs read as "all keys of that mapping" (YAML 1.1, no part of 1.2).
_NO_MERGING = (
    "; mappings are not merged here: write the keys out, or let sources share them by "
    "`defaults` or a group"
)
# pydantic puts this behind the key where the key itself is wrong.
_KEY = "[key]"


def complaints_of(
    error: ValidationError, written: Written, schema_file: str
) -> list[Complaint]:
    """Return one complaint for each thing that pydantic found wrong."""
    return [_complaint(detail, written, schema_file) for detail in error.errors()]


def _complaint(detail: ErrorDetails, written: Written, schema_file: str) -> Complaint:
    path: Path = detail["loc"]
    kind = detail["type"]
    if kind == "extra_forbidden":
        return unknown_key(path, written, keys_at(schema_file, path[:-1]) or [])
    if kind == "value_error":
        message = str(detail["ctx"]["error"])
    else:
        message = _SENTENCES.get(kind, "cannot be read")
    if path and path[-1] == _KEY:
        return written.complaint(path[:-1], message, at_key=True)
    return written.complaint(path, message)


def unknown_key(path: Path, written: Written, known: list[str]) -> Complaint:
    """Return the complaint about a key that nothing knows, with the nearest known."""
    hint = _NO_MERGING if path[-1] == "<<" else nearest(str(path[-1]), known)
    message = f"unknown key{hint}"
    return written.complaint(path, message, at_key=True)
