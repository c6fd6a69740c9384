"""Dates: right or unknown, never wrong."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.dates import parse
from aggregator.text.dates.calendars import from_jalali
from aggregator.text.dates.months import ALIASES, GREGORIAN, gregorian

THURSDAY = "Thu, 01 Jan 2026 10:00:00"
TEN = "2026-01-01T10:00:00Z"

APPENDIX_B = {
    "Mon, 01 Jan 2026 10:00:00 +0530": "2026-01-01T04:30:00Z",
    f"{THURSDAY} EST": "2026-01-01T15:00:00Z",
    f"{THURSDAY} PDT": "2026-01-01T17:00:00Z",
    f"{THURSDAY} CET": "2026-01-01T09:00:00Z",
    f"{THURSDAY} BST": "2026-01-01T09:00:00Z",
    f"{THURSDAY} IST": None,
    THURSDAY: TEN,
    "2026-01-01T10:00:00": TEN,
    "2026-01-01T10:00:00+02:00": "2026-01-01T08:00:00Z",
    "2026-01-01": "2026-01-01T00:00:00Z",
    "2026-01-01 10:00:00 +0000": TEN,
    "01/02/2026": None,
    "January 1, 2026": "2026-01-01T00:00:00Z",
    "1 Januar 2026": "2026-01-01T00:00:00Z",
    "Do, 01 Jan 2026 10:00:00 +0100": "2026-01-01T09:00:00Z",
    "1767261600": TEN,
    "1767261600000": TEN,
    "2026-13-45T99:99:99Z": None,
    "Thu, 32 Jan 2026 10:00:00 GMT": None,
    "0001-01-01T00:00:00Z": None,
    "9999-12-31T23:59:59Z": None,
    "Thu, 01 Jan 70 00:00:00 GMT": "1970-01-01T00:00:00Z",
    "Thu, 01 Jan 26 00:00:00 GMT": "2026-01-01T00:00:00Z",
    "2026-01-01T10:00:00.123456Z": TEN,
    "2026-01-01T24:00:00Z": "2026-01-02T00:00:00Z",
    "2026-06-30T23:59:60Z": "2026-07-01T00:00:00Z",
    "2026-W01-1": "2025-12-29T00:00:00Z",
    "20260101T100000Z": TEN,
    "yesterday": None,
    "": None,
    f"{THURSDAY} Z": TEN,
    f"{THURSDAY} UT": TEN,
    "Thu,01 Jan 2026 10:00:00 GMT": TEN,
    "Thu, 1 January 2026 10:00:00 +0000": TEN,
    "2026年1月1日": "2026-01-01T00:00:00Z",
}

WRITTEN = {
    # ISO 8601
    "2026-01-01T10:00Z": TEN,
    "2026-01-01T10Z": TEN,
    "2026-01-01t10:00:00z": TEN,
    "2026-01-01T10:00:00,5Z": TEN,
    "2026-01-01T12:30:00+02:30": TEN,
    "2026-01-01T12:00:00+02": TEN,
    "2026-01-01T08:00:00−0200": TEN,
    "2026-01-01 T 10:00:00Z": TEN,
    "2026-01-01T10:00:00 GMT": TEN,
    "2026-01-01T100000Z": TEN,
    "20260101T10:00:00.45+00:00": TEN,
    "20260101100000": TEN,
    "20260101": "2026-01-01T00:00:00Z",
    "2026-001T10:00:00Z": TEN,
    "2026W014T10:00:00Z": TEN,
    "2026-W01-4T100000Z": TEN,
    "2026-01-01T11:00:00+01:00[Europe/Paris]": TEN,
    "2026-01-01T10:00:00Z[Europe/Paris]": TEN,
    "2026-01-01T11:00:00[Europe/Paris]": TEN,
    "2026-01-01T13:30:00.250[Asia/Tehran]": TEN,
    "2026-01-01 11:00 Europe/Paris": TEN,
    "2026/1/1 10:00": TEN,
    "2026.01.01. 10:00": TEN,
    # RFC 822 and its relatives
    "Thu, 01 Jan 2026 10:00 GMT": TEN,
    "01 Jan 2026 10:00:00 -0000": TEN,
    "Thursday, 01-Jan-26 10:00:00 GMT": TEN,
    "Thu Jan  1 10:00:00 2026": TEN,
    "Thu Jan  1 05:00:00 EST 2026": TEN,
    "Thu Jan  1 05:00:00 2026 EST": TEN,
    "Thu Jan 01 2026 11:00:00 GMT+0100 (CET)": TEN,
    "Thu, 01 Jan 2026 11:00:00 (CET)": TEN,
    "Thu, 01 Jan 2026 10:00:00 (updated)": TEN,
    "Thu," + " " * 200 + "01 Jan 2026 10:00:00 GMT": TEN,
    "Thu (oh), 01(st) Jan(uary) 2026 10:00 +0000 (GMT (really))": TEN,
    "Thu , \t 01  Jan\t2026  10:00:00\t +0000": TEN,
    "Thu,\r\n 01 Jan 2026\r\n 10:00:00 +0000": TEN,
    "Thursday 1 Jan 26 04:00 CST": TEN,
    "Thu, 01 Jan 126 10:00:00 GMT": TEN,
    "Fri, 2026/01/02 05:00:00 EST": "2026-01-02T10:00:00Z",
    # people
    "1st January 2026, 10 am": TEN,
    "Jan 1, 2026 at 5:00 a.m. ET": TEN,
    "July 1, 2026 6:00 AM ET": "2026-07-01T10:00:00Z",
    "July 1, 2026 6:00 am et": "2026-07-01T10:00:00Z",
    "January 1, 2026 12:00 AM": "2026-01-01T00:00:00Z",
    "1/25/2026 10:00:00 PM": "2026-01-25T22:00:00Z",
    "25/01/2026": "2026-01-25T00:00:00Z",
    "03/03/2026": "2026-03-03T00:00:00Z",
    "1er janvier 2026 à 10h00": TEN,
    "1er janvier 2026 à 10h": TEN,
    "1. Januar 2026, 10.00 Uhr": TEN,
    "1 de enero de 2026": "2026-01-01T00:00:00Z",
    "mar, 03 mar 2026 10:00": "2026-03-03T10:00:00Z",
    "5 марта 2026, 10:00": "2026-03-05T10:00:00Z",
    "2026-január-1T9:15-05:00": "2026-01-01T14:15:00Z",
    "Κυρ, 11 Ιούλ 2004 12:00:00 EST": "2004-07-11T17:00:00Z",
    "2026年01月01日（木）10時00分": TEN,
    "2026-01-01 上午10:00": TEN,
    "1 tháng 1, 2026 10:00": TEN,
    "1 ม.ค. 2569": "2026-01-01T00:00:00Z",
    "1 ม.ค. 2026": "2026-01-01T00:00:00Z",
    "1 มี.ค. 2569": "2026-03-01T00:00:00Z",
    "٠١ يناير ٢٠٢٦": "2026-01-01T00:00:00Z",
    "１ Jan ２０２６ 10:00": TEN,
    # one zone speaks for the way of writing
    "2026년 1월 1일 19:00:00": TEN,
    "2026-01-01 오후 07:00:00": TEN,
    "۱۱ دی ۱۴۰۴ ساعت ۱۳:۳۰": TEN,
}

UNKNOWN = [
    *("2026", "2026-01", "January 2026", "10:00", "Thu", "null", "0", "42", "-1"),
    *(
        "01 Jan 2026 25:00:00 GMT",
        "01 Jan 2026 10:61:00 GMT",
        "30 Feb 2026",
        "2026-02-30",
    ),
    *(f"{THURSDAY} L", f"{THURSDAY} XYZ", f"{THURSDAY} +9999", f"{THURSDAY} +0060"),
    *("2026-W54-1", "2026-366", "2026-W01", "01.02.2026", "1/2/26", "13/13/2026"),
    *("01 Jan 1806 10:00:00 GMT", "Thu, 01 Jan 50 00:00:00 GMT", "1405/01/01"),
    *("5 listopad 2026", "1 Jan 2026 and 2 Jan 2026", "31 اسفند 1403", "01 Foo 2026"),
    *("2026-01-01T10:00:00Zjunk9", "99999999999", "2026-01-01 13:00 AM", "x" * 5000),
    *("12/11/2026", "11/12/2026", "2026-01-01 0:30 PM", "2026-01-01T24:30:00Z"),
    *("1 January 2026, 10", "2026-01-01T10:00:00+15:01"),
]


def rfc3339(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(("raw", "right"), APPENDIX_B.items())
def test_dates_of_the_collection_are_right_or_unknown(raw, right):
    """I18: the 35 of the collection."""
    found = parse(raw)

    assert (found and rfc3339(found)) == right


@pytest.mark.parametrize(("raw", "right"), WRITTEN.items())
def test_dates_are_read_as_people_and_programs_write_them(raw, right):
    """I18: what is clear is understood."""
    found = parse(raw)

    assert found is not None
    assert rfc3339(found) == right


@pytest.mark.parametrize("raw", UNKNOWN)
def test_what_is_not_clear_is_unknown(raw):
    """I18: not a day, not one day, not one zone, or not from this time."""
    assert parse(raw) is None


@pytest.mark.parametrize(
    ("raw", "zone", "right"),
    [
        (THURSDAY, "Asia/Tehran", "2026-01-01T06:30:00Z"),
        ("2026-01-01", "America/New_York", "2026-01-01T05:00:00Z"),
        ("2026-07-01 10:00", "Europe/Berlin", "2026-07-01T08:00:00Z"),
        (f"{THURSDAY} GMT", "Asia/Tehran", TEN),
        (f"{THURSDAY} IST", "Asia/Kolkata", "2026-01-01T04:30:00Z"),
        (f"{THURSDAY} IST", "Asia/Jerusalem", "2026-01-01T08:00:00Z"),
        ("01 Jul 2026 10:00:00 IST", "Europe/Dublin", "2026-07-01T09:00:00Z"),
        (f"{THURSDAY} IST", "Europe/Dublin", None),
        (f"{THURSDAY} CST", "Asia/Shanghai", "2026-01-01T02:00:00Z"),
        (f"{THURSDAY} CST", None, "2026-01-01T16:00:00Z"),
        ("2026년 1월 1일 10:00", "UTC", TEN),
        (THURSDAY, "Nowhere/Land", None),
        (THURSDAY, "../../etc/passwd", None),
    ],
)
def test_the_zone_of_the_source_decides_what_the_text_leaves_open(raw, zone, right):
    """I18: no zone, or an abbreviation that several share."""
    found = parse(raw, timezone=zone)

    assert (found and rfc3339(found)) == right


WINTER = """
    ET America/New_York   EST America/New_York   CT America/Chicago   CST America/Chicago
    MT America/Denver   MST America/Denver   PT America/Los_Angeles
    PST America/Los_Angeles   AKST America/Anchorage   HST Pacific/Honolulu
    NST America/St_Johns   BRT America/Sao_Paulo   ART America/Argentina/Buenos_Aires
    WET Europe/Lisbon   CET Europe/Paris   MET Europe/Paris   MEZ Europe/Berlin
    WAT Africa/Lagos   EET Europe/Athens   CAT Africa/Maputo   SAST Africa/Johannesburg
    MSK Europe/Moscow   EAT Africa/Nairobi   TRT Europe/Istanbul   IRST Asia/Tehran
    PKT Asia/Karachi   NPT Asia/Kathmandu   WIB Asia/Jakarta   ICT Asia/Bangkok
    WITA Asia/Makassar   SGT Asia/Singapore   HKT Asia/Hong_Kong   PHT Asia/Manila
    KST Asia/Seoul   JST Asia/Tokyo   AWST Australia/Perth   ACST Australia/Darwin
    ACDT Australia/Adelaide   AEST Australia/Brisbane   AEDT Australia/Sydney
    NZDT Pacific/Auckland
"""
SUMMER = """
    ET America/New_York   EDT America/New_York   CT America/Chicago   CDT America/Chicago
    MT America/Denver   MDT America/Denver   PT America/Los_Angeles
    PDT America/Los_Angeles   AKDT America/Anchorage   NDT America/St_Johns
    ADT America/Halifax   WEST Europe/Lisbon   BST Europe/London   CEST Europe/Paris
    MEST Europe/Paris   MESZ Europe/Berlin   EEST Europe/Athens   IDT Asia/Jerusalem
    IRDT Asia/Tehran   NZST Pacific/Auckland
"""


@pytest.mark.parametrize(
    ("day", "zones"), [("01 Jan 2021", WINTER), ("01 Jul 2021", SUMMER)]
)
def test_an_abbreviation_means_what_the_clocks_of_its_place_show(day, zones):
    """I18: the witness is the time zone database."""
    words = zones.split()
    pairs = dict(zip(words[::2], words[1::2], strict=True))

    read = {word: parse(f"{day} 10:00:00 {word}") for word in pairs}

    assert read == {
        word: parse(f"{day} 10:00:00", timezone=place) for word, place in pairs.items()
    }


@pytest.mark.parametrize(
    ("raw", "language", "right"),
    [
        ("5 listopada 2026", "pl", "2026-11-05"),
        ("5 listopada 2026", "hr-HR", "2026-10-05"),
        ("5 srp 2026", "cs", "2026-08-05"),
        ("5 srp 2026", "hr", "2026-07-05"),
        ("5 Oct 2026", "hr", "2026-10-05"),
        ("01.02.2026", "de", "2026-02-01"),
        ("01.02.2026", "en", None),
        ("01/02/2026", "de", None),
        ("01.25.2026", "de", None),
        ("1405/05/22", "fa", "2026-08-12"),
        ("2026/08/13", "fa", "2026-08-13"),
    ],
)
def test_the_language_of_the_source_decides_between_readings(raw, language, right):
    """I18: months with two meanings, day or month first, Iran's calendar."""
    found = parse(raw, language=language)

    assert (found and rfc3339(found)[:10]) == right


@pytest.mark.parametrize(
    ("digits", "microsecond"),
    [("5", 500_000), ("25", 250_000), ("000001", 1), ("123456789", 123_456)],
)
def test_a_fraction_is_one_of_a_second(digits, microsecond):
    assert parse(f"2026-01-01T10:00:00.{digits}Z").microsecond == microsecond


@pytest.mark.parametrize("language", sorted({*GREGORIAN, *ALIASES} - {"sh", "bs"}))
def test_the_months_of_every_language_are_known(language):
    """Every name of the Unicode locale data, in full and cut short, as in dates."""
    locale = Locale.parse("nb" if language == "no" else language)

    for width in ("wide", "abbreviated"):
        for month, name in locale.months["format"][width].items():
            word = name.split(" ")[-1].removeprefix("d’")
            assert gregorian(word, language) == month, name


@pytest.mark.parametrize(
    ("jalali", "gregorian_day"),
    [
        ((1300, 1, 1), "1921-03-21"),
        ((1357, 11, 22), "1979-02-11"),
        ((1399, 12, 30), "2021-03-20"),
        ((1400, 1, 1), "2021-03-21"),
        ((1403, 6, 31), "2024-09-21"),
        ((1403, 12, 30), "2025-03-20"),
        ((1404, 1, 1), "2025-03-21"),
        ((1404, 10, 11), "2026-01-01"),
        ((1408, 12, 30), "2030-03-20"),
    ],
)
def test_days_of_the_iranian_calendar_are_ours(jalali, gregorian_day):
    assert from_jalali(*jalali).isoformat() == gregorian_day


@pytest.mark.parametrize(
    "day", [(1404, 12, 30), (1404, 7, 31), (1404, 13, 1), (1500, 1, 1)]
)
def test_days_the_iranian_calendar_does_not_have_are_refused(day):
    with pytest.raises(ValueError, match="day"):
        from_jalali(*day)


OFFSETS = st.integers(-14 * 60, 14 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
FIRST, LAST = datetime(1970, 1, 3, tzinfo=UTC), datetime(9998, 12, 29, tzinfo=UTC)
INSTANTS = st.datetimes(
    FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=OFFSETS
)


@given(INSTANTS)
def test_what_feeds_are_to_write_is_read(at):
    """I18: the forms of Atom and of RSS, any instant, to the second."""
    second = at.astimezone(UTC).replace(microsecond=0)

    assert parse(rfc3339(second)) == second
    assert parse(format_datetime(second)) == second


@given(INSTANTS)
def test_what_python_writes_we_read(at):
    """I18: with its own offset and fraction."""
    assert parse(at.isoformat()) == at
    assert parse(at.strftime("%d %b %Y %H:%M:%S.%f %z")) == at


@given(
    st.text(max_size=40)
    | st.text(alphabet="0123456789-/:. TZ+W年月日JanuryDec,()", max_size=40),
    st.sampled_from([None, "Asia/Tehran", "America/New_York"]),
    st.sampled_from([None, "fa", "de", "th"]),
)
def test_garbage_is_unknown_or_of_our_time(raw, zone, language):
    """I18: nothing raises, and no placeholder gets through."""
    found = parse(raw, timezone=zone, language=language)

    assert found is None or (1970 <= found.year <= 9998 and found.tzinfo is UTC)
