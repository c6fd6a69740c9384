"""Write times, numbers and directions as the readers of a language expect them.

In: a language tag as configured or as a feed said, and what is to be written. Out:
text, or the value of a `dir` or `lang` attribute. English where a language is unknown.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_timedelta, get_datetime_format
from babel.units import format_unit

# To Babel English without a country is American, with the month before the day.
ENGLISH = Locale("en", "GB")
# After a week nobody counts back: a date says more than "5 weeks ago".
COUNTED_BACK = timedelta(days=7)

# RFC 5646: what stands in an attribute must look like a language tag.
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_UNITS = tuple(timedelta(seconds=each) for each in (86_400, 3_600, 60, 1))
_SIZES = (("kilobyte", 1e3), ("megabyte", 1e6), ("gigabyte", 1e9))
_RTL = frozenset({"R", "AL"})
# The digits of languages that write others than 0 to 9: where the ten begin.
_ZEROS = {"arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "deva": 0x966, "mymr": 0x1040}


@lru_cache(maxsize=512)
def locale_of(language: str | None) -> Locale | None:
    """Return the locale of a language tag, None for one that Babel does not know."""
    if not language or not _TAG.fullmatch(language):
        return None
    base = language.split("-")[0]
    for tag in (language, base):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def lang(language: str | None) -> str | None:
    """Return a language as it may stand in `lang`, None for what is no tag."""
    return language if language and _TAG.fullmatch(language) else None


def shared(languages: Iterable[str | None]) -> str | None:
    """Return the one language of all, in its first form; None where they have several."""
    said = list(languages)
    bases = {(each or "en").partition("-")[0].lower() for each in said}
    return said[0] if len(bases) == 1 else None


def direction(language: str | None, text: str) -> str:
    """Return `rtl` or `ltr` for a text, by its language and its letters.

    Where the language runs from right to left it decides, as a Persian headline may
    begin with "BBC", unless no letter does. Others may be wrong (feeds often say `en`
    because their software does) or unknown: then most letters decide, and where the
    language is unknown, the first letter may, too.
    """
    found = _ways(text)
    locale = locale_of(language)
    if len(found) == 1:
        return "rtl" if "rtl" in found else "ltr"
    if locale and locale.text_direction == "rtl":
        return "rtl"
    if found["rtl"] > found["ltr"]:
        return "rtl"
    return "ltr" if locale or not found else _first_strong(text)


def direction_below(language: str | None, text: str, headline: str) -> str:
    """Return `rtl` or `ltr` for the first words of a text that stands below a headline.

    Persian stays what it is below "Windows 11 (24H2)". Where its own letters and its
    language decide nothing, it runs as its headline does.
    """
    found = _ways(text)
    undecided = not found or (len(found) > 1 and locale_of(language) is None)
    return direction(language, headline if undecided else text)


def tag_of_ages(language: str | None) -> str:
    """Return the language in which ages and times are told for a language, as a tag."""
    return str(_reader(language)).replace("_", "-")


def age(at: datetime, now: datetime, language: str | None) -> str:
    """Return how long ago something was in the reader's words, after a week its date.

    In whole days, hours, minutes or seconds that have passed, and one second at least.
    """
    locale = _reader(language)
    if now - at > COUNTED_BACK:
        return _date(at, locale)
    ago = max(now - at, timedelta(seconds=1))
    unit = next(unit for unit in _UNITS if ago >= unit)
    # Only what has passed whole counts: Babel rounds 21 hours up to a day.
    said = format_timedelta(
        -(ago // unit * unit), threshold=1, add_direction=True, locale=locale
    )
    return _in_digits_of(locale, said)


def in_full(at: datetime, language: str | None) -> str:
    """Return a time in full, in UTC: the date as `age` writes it, and the minute."""
    locale = _reader(language)
    minute = _in_digits_of(locale, f"{at.astimezone(UTC):%H:%M}")
    joined = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    return joined.format(f"{minute} UTC", _date(at, locale))


def count(number: int, language: str | None) -> str:
    """Return a number in the digits of a language."""
    return _in_digits_of(_reader(language), str(number))


def size(octets: int, language: str | None) -> str:
    """Return the size of a file in the reader's words: `12.3 MB`, in French `12,3 Mo`."""
    locale = _reader(language)
    # What is rounded up to a thousand of a unit is one of the next.
    name, unit = next(
        ((name, unit) for name, unit in _SIZES if octets < unit * 999.95), _SIZES[-1]
    )
    said = format_unit(
        max(octets, 100) / unit,
        f"digital-{name}",
        "short",
        format="0.#",
        locale=locale,
        numbering_system="default",
    )
    return _in_digits_of(locale, said)


def playing(seconds: int, language: str | None) -> str:
    """Return how long a file plays, as players write it: `1:02:03` or `4:05`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    said = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return _in_digits_of(_reader(language), said)


def _reader(language: str | None) -> Locale:
    locale = locale_of(language)
    return ENGLISH if locale is None or str(locale) == "en" else locale


def _date(at: datetime, locale: Locale) -> str:
    said = format_date(at.astimezone(UTC), "long", locale=locale)
    return _in_digits_of(locale, said)


def _in_digits_of(locale: Locale, text: str) -> str:
    """Return text with its digits as the locale writes them; Babel leaves 0 to 9."""
    zero = _ZEROS.get(locale.default_numbering_system)
    if zero is None:
        return text
    return text.translate({ord("0") + n: zero + n for n in range(10)})


def _ways(text: str) -> Counter[str]:
    """Return how many letters of a text run in which direction."""
    return Counter(
        "rtl" if kind in _RTL else "ltr"
        for kind in map(unicodedata.bidirectional, text)
        if kind == "L" or kind in _RTL
    )


def _first_strong(text: str) -> str:
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L" or kind in _RTL:
            return "rtl" if kind in _RTL else "ltr"
    return "ltr"
