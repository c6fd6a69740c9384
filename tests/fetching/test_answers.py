from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from aggregator.fetching.answers import Head, advice, merged, validators
from aggregator.model import Validators

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = 86_400


def head(*lines: bytes) -> Head:
    return Head([b"HTTP/1.1 200 OK\r\n", *(line + b"\r\n" for line in lines), b"\r\n"])


@pytest.mark.parametrize(
    "etag",
    [
        b'"quoted"',
        b'W/"weak"',
        b"unquoted",
        b'""',
        b'"with space"',
        b'"semi;colon"',
        b'"\xe9"',
        '"\N{SNOWMAN}\N{PARTY POPPER}"'.encode(),
        b'"' + b"x" * 7000 + b'"',
        b'"a\tb"',
        b'"a, b"',
        b'"\x85\xa0"',
    ],
)
def test_an_etag_is_kept_byte_for_byte(etag):
    """P2: each value byte for byte."""
    assert validators(head(b"ETag: " + etag)).etag == etag


@pytest.mark.parametrize("etag", [b'"\x01"', b'"\x00"', b"", b'"' + b"x" * 9000 + b'"'])
def test_an_etag_that_cannot_go_back_as_it_came_is_left_out_whole(etag):
    """P2: or omits it whole; never shortened, parsed or re-formatted."""
    assert validators(head(b"ETag: " + etag)).etag is None


@pytest.mark.parametrize(
    "lines",
    [
        (b'ETag: "a', b' b"'),
        (b'ETag: "a\rb"',),
        (b'ETag: "1"', b'ETag: "2"'),
    ],
)
def test_an_etag_that_is_not_one_plain_line_is_left_out_whole(lines):
    """P2: never shortened, joined or re-formatted."""
    assert validators(head(*lines)).etag is None


def test_blanks_around_a_validator_are_not_part_of_it():
    """P2: surrounding blanks aside."""
    assert validators(head(b'eTaG: \t "1" \t ')).etag == b'"1"'


def test_an_odd_date_is_as_opaque_as_an_etag():
    """P2: a Last-Modified in an odd but constant form."""
    odd = b"Mon, 01-Jan-26 00:00:00 +0000"

    assert validators(head(b"Last-Modified: " + odd)).last_modified == odd


@pytest.mark.parametrize(
    ("fresh", "kept"),
    [
        (Validators(), Validators(etag=b'"1"', last_modified=b"then")),
        (Validators(etag=b'"2"'), Validators(etag=b'"2"', last_modified=b"then")),
        (
            Validators(last_modified=b"now"),
            Validators(etag=b'"1"', last_modified=b"now"),
        ),
    ],
)
def test_a_304_replaces_what_it_names_and_keeps_the_rest(fresh, kept):
    """P5: replaced, replaced, kept."""
    assert merged(Validators(etag=b'"1"', last_modified=b"then"), fresh) == kept


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ([b"Cache-Control: max-age=7200"], 7200),
        ([b"Cache-Control: public, MAX-AGE = 7200 , must-revalidate"], 7200),
        ([b"Cache-Control: public; max-age=7200; x"], 7200),
        ([b'Cache-Control: max-age="7200"'], 7200),
        ([b'Cache-Control: private="x, y", max-age=7200'], 7200),
        ([b'Cache-Control: private="x, max-age=7200'], 7200),
        ([b"Cache-Control: max-age=7200", b"Age: 3600"], 3600),
        ([b"Cache-Control: max-age=7200", b"Age: 9000"], 0),
        ([b"Cache-Control: max-age=7200", b"Age: old"], 7200),
        ([b"Cache-Control: max-age=0"], 0),
        ([b"Cache-Control: max-age=000000000000007200"], 7200),
        ([b"Cache-Control: max-age=99999999999"], 2**31),
        ([b"Cache-Control: max-age=" + b"9" * 5000], 2**31),
        ([b"Cache-Control: public", b"Cache-Control: max-age=7200"], 7200),
        ([b"Cache-Control: max-age=60", b"Cache-Control: max-age=7200"], 7200),
    ],
)
def test_max_age_less_age_is_what_is_left(lines, seconds):
    """P10: max-age - Age, whatever form it has."""
    assert advice(head(*lines), NOW).max_age == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        b"no-cache",
        b"max-age=abc",
        b"max-age=",
        b"max-age",
        b"max-age=-5",
        b"max-age=1e9",
        b"max-age=12abc",
        b"s-maxage=7200",
        b"x-max-age=7200",
        b'private="x, max-age=7200"',
        b'private="x; max-age=7200"',
        b"",
        b"max-age=\xb2",
    ],
)
def test_garbage_is_no_advice(value):
    """P10: garbage ignored."""
    assert advice(head(b"Cache-Control: " + value), NOW).max_age is None


@pytest.mark.parametrize("long", [b" " * 500, b" " * 65_000, b'"' * 65_001])
def test_advice_that_is_long_and_says_nothing_is_read_at_once(long):
    """I13: a line of blanks stopped every thread for as long as it was read."""
    began = process_time()

    assert advice(head(b"Cache-Control: a" + long + b"b"), NOW).max_age is None

    assert process_time() - began < 1


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ([b"Expires: Tue, 24 Nov 2026 14:00:00 GMT"], 7200),
        ([b"Expires: Tue, 24 Nov 2026 14:00:00 GMT", b"Age: 3600"], 3600),
        ([b"Expires: Tuesday, 24-Nov-26 14:00:00 GMT", b"Cache-Control: public"], 7200),
        # By a clock that is a year ahead of ours, and by one that stands still.
        (
            [
                b"Date: Wed, 24 Nov 2027 12:00:00 GMT",
                b"Expires: Wed, 24 Nov 2027 14:00:00 GMT",
            ],
            7200,
        ),
        (
            [
                b"Date: Thu, 01 Jan 1970 00:00:00 GMT",
                b"Expires: Tue, 24 Nov 2026 14:00:00 GMT",
            ],
            7200,
        ),
        (
            [
                b"Expires: Tue, 24 Nov 2026 13:00:00 GMT",
                b"Expires: Tue, 24 Nov 2026 14:00:00 GMT",
            ],
            7200,
        ),
        ([b"Expires: Thu, 19 Nov 1981 08:52:00 GMT"], 0),
    ],
)
def test_what_has_no_max_age_is_fresh_until_it_expires(lines, seconds):
    """P10: publishers whose servers say it the old way are left alone as well."""
    assert advice(head(*lines), NOW).expires == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "lines",
    [
        [b"Expires: -1"],
        [b"Expires: 0"],
        [b"Expires: soon"],
        [b"Expires: Tue, 24 Nov 2026 14:00:00 GMT", b"Cache-Control: max-age=0"],
        [b"Expires: Tue, 24 Nov 2026 14:00:00 GMT", b"Cache-Control: no-cache"],
        [b"Expires: Tue, 24 Nov 2026 14:00:00 GMT", b"Cache-Control: private,no-store"],
    ],
)
def test_an_expiry_that_says_nothing_or_is_overruled_is_none(lines):
    """P10: garbage ignored; max-age goes before (RFC 9111 section 5.3)."""
    assert advice(head(*lines), NOW).expires is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120),
        (b"0", 0),
        (b"1.5", 2),
        (b"3456000", 40 * DAY),
        (b"9" * 5000, 2**31),
        (b"Tue, 24 Nov 2026 13:00:00 GMT", 3600),
        (b"Tuesday, 24-Nov-26 13:00:00 GMT", 3600),
        (b"Tue Nov 24 13:00:00 2026", 3600),
        (b"Tue, 24 Nov 2026 14:00:00 +0100", 3600),
        (b"Tue, 24 Nov 2026 11:00:00 GMT", 0),
    ],
)
def test_retry_after_is_a_delay_from_now(value, seconds):
    """P12: seconds and HTTP dates; a date in the past counts as zero."""
    said = advice(head(b"Retry-After: " + value), NOW)

    assert said.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [b"-120", b"abc", b"", b"1,5", b"Tue, 99 Nov 2026", b"\xe9", b"+5", b"12:00"],
)
def test_a_retry_after_that_says_nothing_is_none(value):
    """P12: negative, `abc`, absent."""
    assert advice(head(b"Retry-After: " + value), NOW).retry_after is None


@pytest.mark.parametrize(
    ("date", "hours"), [(b"10:00:00", 10), (b"12:00:00", 8), (b"14:00:00", 8)]
)
def test_a_date_to_come_back_counts_from_whichever_clock_is_behind(date, hours):
    """P12: never earlier than asked."""
    day = b"Tue, 24 Nov 2026 "
    said = advice(
        head(
            b"Retry-After: " + day + b"20:00:00 GMT", b"Date: " + day + date + b" GMT"
        ),
        NOW,
    )

    assert said.retry_after == timedelta(hours=hours)


def test_an_etag_that_stands_for_anything_is_not_sent_back():
    """RFC 9110 section 13.1.2: `If-None-Match: *` is answered 304 whatever is new."""
    assert validators(head(b"ETag: *")).etag is None
    assert validators(head(b'ETag: "*"')).etag == b'"*"'


def test_of_several_delays_the_longest_counts():
    """P12: never earlier than asked."""
    said = advice(head(b"Retry-After: 60", b"Retry-After: 120"), NOW)

    assert said.retry_after == timedelta(seconds=120)
