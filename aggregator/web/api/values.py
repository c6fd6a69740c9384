"""Read the parameters of a request by their description, and refuse what does not fit.

In: an Operation and a request. Out: values by name: text, int, or an aware datetime;
None for what was not said and has no default. All that is wrong is named at once.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request

from aggregator.epoch import EPOCH
from aggregator.web.api.description import Asked, Operation, Parameter, Schema
from aggregator.web.api.problems import ProblemError

_NUMBER = re.compile("-?[0-9]{1,18}", re.ASCII)
# RFC 3339 section 5.6; a leap second counts as the one before it.
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+ -][0-9]{2}:[0-9]{2})",  # a + that was not escaped came as a blank
    re.ASCII,
)
_NONE = ("",) * 5
# What no report can be listed outside of: sixty years hold in any database's integers.
_EARLIEST, _LATEST = EPOCH, EPOCH + timedelta(days=60 * 365)


class _UnfitError(ValueError):
    """A value that its schema does not allow; says what would be."""


def asked(operation: Operation, request: Request) -> Asked:
    """Return what a request asks for; raises ProblemError 400 or 404."""
    given = request.query_params
    known = {each.name: each for each in operation.parameters if each.place == "query"}
    values: dict[str, Any] = {
        each.name: _named(each, request.path_params[each.name])
        for each in operation.parameters
        if each.place == "path"
    }
    errors = [
        {"parameter": name, "detail": "is not a parameter here"}
        for name in dict.fromkeys(given)
        if name not in known
    ]
    for name, parameter in known.items():
        try:
            values[name] = _read(parameter, given.getlist(name))
        except _UnfitError as error:
            errors.append({"parameter": name, "detail": str(error)})
    if errors:
        told = "; ".join(f"{each['parameter']} {each['detail']}" for each in errors)
        raise ProblemError(400, f"{told}.", errors=errors)
    return values


def _named(parameter: Parameter, text: str) -> Any:  # noqa: ANN401 - by schema
    """Return the value in a path; raises ProblemError 404 for one that nothing has."""
    try:
        return _value(parameter.schema, text)
    except _UnfitError:
        raise ProblemError(404, "There is nothing by this name.") from None


def _read(parameter: Parameter, texts: list[str]) -> Any:  # noqa: ANN401 - by schema
    if not texts:
        if parameter.required:
            raise _UnfitError("has to be given")
        return parameter.schema.get("default")
    if len(texts) > 1:
        raise _UnfitError("may be given once")
    return _value(parameter.schema, texts[0])


def _value(schema: Schema, text: str) -> Any:  # noqa: ANN401 - by schema
    if schema["type"] == "integer":
        return _integer(schema, text)
    if schema.get("format") == "date-time":
        return _moment(text)
    for complaint in _complaints(schema, text):
        raise _UnfitError(complaint)
    return text


def _integer(schema: Schema, text: str) -> int:
    lowest, highest = schema["minimum"], schema["maximum"]
    if not _NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
        raise _UnfitError(f"has to be a whole number from {lowest} to {highest}")
    return int(text)


def _moment(text: str) -> datetime:
    """Return a time; one that nothing can be listed at counts as the nearest."""
    found = _DATE_TIME.fullmatch(text)
    day, minute, second, fraction, zone = found.groups(default="") if found else _NONE
    second = "59" if second == "60" else second
    try:
        at = datetime.fromisoformat(
            f"{day}T{minute}:{second}{fraction[:7]}{zone.upper().replace(' ', '+')}"
        )
    except ValueError:
        example = "2026-11-24T12:00:00Z"
        raise _UnfitError(f"has to be a time as RFC 3339 has it: {example}") from None
    return min(max(at, _EARLIEST), _LATEST)


def _complaints(schema: Schema, text: str) -> Iterator[str]:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 1_000)
    if not shortest <= len(text) <= longest:
        yield f"has to have {shortest} to {longest} characters"
    pattern = schema.get("pattern")
    if pattern and not re.fullmatch(pattern, text):
        yield f"has to match {pattern}"
