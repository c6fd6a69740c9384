"""The types of config values: each reads a text and shows itself as an operator writes it.

A type is Annotated with three things: how it is read (a function of `units`, `names` or
`addresses`, whose ValueError is the sentence that a person will see), how it is written
back, and its JSON Schema, whose `format` is its name in the config reference.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, get_args

from pydantic import (
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)

from aggregator.config import addresses, names, secret, units
from aggregator.config.written import nearest
from aggregator.model import BodyMode as BodyModes
from aggregator.model import IndexPolicy as IndexPolicies

TRUE = frozenset({"true", "yes", "on"})
FALSE = frozenset({"false", "no", "off"})
MOST = 100_000
SHORTEST = timedelta(seconds=1)
# A socket waits for 24 days at most, and raises OverflowError if it is told to wait longer.
LONGEST_WAIT = timedelta(days=1)
SHORTEST_TOKEN = 16
# Measured on x86-64 with Python 3.11: a process that reads has 29 MB of address space
# when it is ready; below 40 it reads nothing, and a feed of 1,000 entries (730 KB) takes
# 48. Other builds take somewhat more.
LEAST_MEMORY = 64 * 1024 * 1024


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("write one text here, not a list or a mapping")  # noqa: TRY004 - pydantic keeps only ValueError
    return value


def _of(read: Callable[[str], object]) -> PlainValidator:
    """Return the validator that reads a text with this function."""
    return PlainValidator(lambda value: read(_text(value)))


def _beside(read: Callable[[str, secret.Surroundings], object]) -> PlainValidator:
    """Return the validator of a text whose meaning depends on the surroundings."""

    def validate(value: object, info: ValidationInfo) -> object:
        assert isinstance(info.context, secret.Surroundings)  # noqa: S101 - for mypy
        return read(_text(value), info.context)

    return PlainValidator(validate)


def _format(name: str, kind: str = "string", **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, "format": name, **more})


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write a text, or take the key out")
    return text


def _line(text: str) -> str:
    """Return a text in one line: it stands in lines, and YAML has many ways to end one."""
    return " ".join(filter(None, map(str.strip, _filled(text).splitlines())))


def _flag(text: str) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise ValueError(f'"{text}" is neither true nor false')
    return text.lower() in TRUE


def _count(text: str) -> int:
    if not text.isdecimal() or not text.isascii() or len(text) > len(str(MOST)):
        raise ValueError(f'"{text}" is no whole number from 1 to {MOST:,}')
    if not 1 <= int(text) <= MOST:
        raise ValueError(f"{text} is out of bounds; write a number from 1 to {MOST:,}")
    return int(text)


def _lasting(text: str) -> timedelta:
    span = units.duration(text)
    if span < SHORTEST:
        raise ValueError(f'"{text}" is too short; write at least 1s')
    return span


def _wait(text: str) -> timedelta:
    span = _lasting(text)
    if span > LONGEST_WAIT:
        longest = units.duration_text(LONGEST_WAIT)
        raise ValueError(f'"{text}" is too long; write at most {longest}')
    return span


def _memory(text: str) -> int:
    memory = units.size(text)
    if memory < LEAST_MEMORY:
        least = units.size_text(LEAST_MEMORY)
        raise ValueError(
            f'"{text}" is too little to read a feed in; write at least {least}'
        )
    return memory


def one_of(words: tuple[str, ...]) -> PlainValidator:
    """Return the validator of a text that must be one of these words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f'"{text}" is not known{nearest(text, words)}')
        return text

    return _of(read)


def _feed_address(text: str, around: secret.Surroundings) -> str:
    if not text.startswith("env:"):
        return addresses.feed_address(text, around.folder)
    address = secret.revealed(text, around)
    try:
        return addresses.feed_address(address, around.folder)
    except ValueError:  # its sentence would show the address, which is a secret
        raise ValueError(f"what {text} holds is no address of a feed") from None


def _database(text: str, around: secret.Surroundings) -> str:
    return addresses.database(secret.revealed(text, around), around.cwd)


def _token(text: str, around: secret.Surroundings) -> str:
    # Whoever signs in pastes it, with blanks at its ends or without them.
    token = secret.revealed(text, around).strip()
    if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
        raise ValueError(
            f"is no token: it needs at least {SHORTEST_TOKEN} plain ASCII characters; "
            "`openssl rand -hex 16` makes one"
        )
    return token


def _webhook_address(text: str, around: secret.Surroundings) -> str:
    """Return the address; ValueError without its words, for all of it is a secret."""
    address = secret.revealed(text, around)
    if (reason := addresses.refusal(address)) is None:
        return address
    if address != text:
        raise ValueError(f"what {text} holds is no address of a webhook")
    raise ValueError(f"is no address of a webhook: it {reason}")


def _header_value(text: str, around: secret.Surroundings) -> str:
    return names.header_value(secret.revealed(text, around))


Line = Annotated[str, _of(_line), _format("text")]
Folder = Annotated[str, _of(_filled), _format("text")]
Text = Annotated[str, _of(str), _format("text")]
Flag = Annotated[bool, _of(_flag), _format("true or false", "boolean")]
Count = Annotated[
    int, _of(_count), _format("number", "integer", minimum=1, maximum=MOST)
]
_DURATION = _format("duration", pattern="^[0-9]+(ms|s|m|h|d)$")
# A duration that may be nothing, one of at least a second, and one to sit through.
Pause = Annotated[
    timedelta, _of(units.duration), PlainSerializer(units.duration_text), _DURATION
]
Duration = Annotated[
    timedelta, _of(_lasting), PlainSerializer(units.duration_text), _DURATION
]
Wait = Annotated[timedelta, _of(_wait), PlainSerializer(units.duration_text), _DURATION]
_SIZE = _format("size", pattern="^[0-9]+(KB|MB|GB)$")
Size = Annotated[int, _of(units.size), PlainSerializer(units.size_text), _SIZE]
Memory = Annotated[int, _of(_memory), PlainSerializer(units.size_text), _SIZE]
BodyMode = Annotated[
    BodyModes,
    one_of(get_args(BodyModes)),
    WithJsonSchema({"enum": [*get_args(BodyModes)]}),
]
IndexPolicy = Annotated[
    IndexPolicies,
    one_of(get_args(IndexPolicies)),
    WithJsonSchema({"enum": [*get_args(IndexPolicies)]}),
]
Id = Annotated[str, _of(names.identifier), _format("id", maxLength=names.LONGEST_ID)]
Language = Annotated[str, _of(names.language), _format("language")]
Timezone = Annotated[str, _of(names.timezone), _format("time zone")]
Moment = Annotated[datetime, _of(names.time_of), _format("time")]
HeaderName = Annotated[str, _of(names.header_name), _format("header name")]
HeaderValue = Annotated[str, _beside(_header_value), _format("secret")]
Secret = Annotated[str, _beside(secret.revealed), _format("secret")]
Token = Annotated[str, _beside(_token), _format("secret")]
PublicAddress = Annotated[str, _of(addresses.public_address), _format("address")]
MailAddress = Annotated[str, _of(addresses.mail_address), _format("mail address")]
WebhookAddress = Annotated[str, _beside(_webhook_address), _format("address")]
FeedAddress = Annotated[str, _beside(_feed_address), _format("address")]
BaseAddress = Annotated[str, _of(addresses.base_address), _format("address")]
Contact = Annotated[str, _of(addresses.contact), _format("address", minLength=1)]
Listen = Annotated[
    tuple[str, int],
    _of(addresses.host_and_port),
    PlainSerializer(lambda place: addresses.joined(*place)),
    _format("host:port"),
]
Dialled = Annotated[str, _of(addresses.dialled), _format("network or host:port")]
HostPattern = Annotated[str, _of(addresses.host_pattern), _format("host")]
Database = Annotated[str, _beside(_database), _format("store")]
