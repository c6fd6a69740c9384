"""Names as an operator writes them: ids, languages, time zones, header lines, times.

Every function takes the text and returns what the program goes on with, or raises
ValueError with a sentence for a person.
"""

import re
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from aggregator.config.written import near
from aggregator.model import RESERVED_HEADERS

LONGEST_ID = 100

_ID = re.compile(r"[A-Za-z0-9_-]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")
# Names that open a device instead of a file on Windows, whatever extension follows.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
# RFC 9110 section 5.6.2 (token) and 5.5 (field values: no line ends, no controls).
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f-\x9f]*")


def identifier(text: str) -> str:
    """Return an id: it is a file name and part of addresses on every system.

    Refused: anything that leaves a folder, that one file system folds into another
    name (other letters than a-z and digits, a dot at the end), or that opens a device.
    """
    if len(text) > LONGEST_ID:
        raise ValueError(
            f'"{text[:20]}…" has {len(text)} characters; an id has at most {LONGEST_ID}'
        )
    if not _ID.fullmatch(text) or ".." in text:
        better = slug(text)
        hint = f"; write {better}" if better else ""
        raise ValueError(
            f'"{text}" is no id: use letters a-z, digits, - and _, '
            f"with . only between them{hint}"
        )
    if _DEVICES.fullmatch(text):
        raise ValueError(f'"{text}" is no id: the name of a device on some systems')
    return text


def slug(text: str) -> str:
    """Return the text as an id: small ASCII letters and digits, `-` for all else."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def folded(text: str) -> str:
    """Return what case-blind and composing file systems make of a name."""
    return unicodedata.normalize("NFC", text.casefold())


def language(text: str) -> str:
    """Return a language tag such as en, fa or pt-BR (RFC 5646), as written."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f'"{text}" is no language tag; write en, fa or pt-BR')
    return text


def timezone(text: str) -> str:
    """Return the name of a time zone that this system knows (IANA)."""
    try:
        ZoneInfo(text)
    except (OSError, ValueError, LookupError):
        zones = sorted(available_timezones())
        hint = near(text, zones) if zones else "; this system has no time zones"
        raise ValueError(
            f'"{text}" is no time zone such as Asia/Tehran or UTC{hint}'
        ) from None
    return text


def time_of(text: str) -> datetime:
    """Return a date (its first moment) or a date and time, in UTC unless it says."""
    try:
        read = datetime.fromisoformat(text)
        aware = read if read.tzinfo else read.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f'"{text}" is no time; write 2026-12-31 or 2026-12-31T18:00:00Z'
        ) from None


def header_name(text: str) -> str:
    """Return the name of a request header that a source may set."""
    if not _HEADER_NAME.fullmatch(text):
        raise ValueError(f'"{text}" is no header name')
    if text.lower() in RESERVED_HEADERS:
        raise ValueError(f"{text} is set by the program itself; take it out")
    return text


def header_value(text: str) -> str:
    """Return the value of a request header; it is a secret and never shown."""
    if not _HEADER_VALUE.fullmatch(text):
        raise ValueError("the value holds a line end or control character")
    return text
