from datetime import timedelta

import pytest
from builders import NOON

from aggregator.text.phrases import phrases
from aggregator.web.language import age, direction, direction_below, in_full, lang, size


@pytest.mark.parametrize(
    ("language", "text", "way"),
    [
        ("fa", "BBC: کشتی بازگشت", "rtl"),
        ("fa", "BBC", "ltr"),
        ("en", "کشتی بازگشت", "rtl"),
        ("en", "Ferry کشتی", "ltr"),
        (None, "کشتی ferry", "rtl"),
        (None, "123 ferry כן", "ltr"),
        ("he-IL", "2026", "rtl"),
        ("xx-nonsense", "כן", "rtl"),
        (None, "", "ltr"),
        ("ar", "", "rtl"),
        ("en", "قالت BBC إن الوزراء اجتمعوا", "rtl"),
        ("en-us", "The word كتاب is Arabic for book", "ltr"),
        (None, "BBC قالت إن الوزراء", "rtl"),
        ("fa", "Windows 11 (24H2) آمد", "rtl"),
    ],
)
def test_a_text_runs_as_its_language_and_its_letters_say(language, text, way):
    assert direction(language, text) == way


@pytest.mark.parametrize(
    ("language", "text", "headline", "way"),
    [
        ("fa", "ویندوز آمد", "Windows 11 (24H2)", "rtl"),
        ("fa", "Windows آمد", "Windows 11 (24H2)", "rtl"),
        ("fa", "It has come", "ویندوز", "ltr"),
        ("en", "It has come", "ویندوز", "ltr"),
        ("fa", "", "Windows 11", "ltr"),
        ("fa", "2026", "کشتی", "rtl"),
        (None, "BBC گفت", "کشتی", "rtl"),
        (None, "کشتی بازگشت", "BBC", "rtl"),
    ],
)
def test_a_text_below_a_headline_runs_as_its_own_letters_say(
    language, text, headline, way
):
    assert direction_below(language, text, headline) == way


@pytest.mark.parametrize(
    ("ago", "language", "words"),
    [
        (timedelta(0), "en", "1 second ago"),
        (timedelta(minutes=-5), "en", "1 second ago"),
        (timedelta(minutes=5), "en", "5 minutes ago"),
        (timedelta(seconds=59.9), "en", "59 seconds ago"),
        (timedelta(minutes=59), "en", "59 minutes ago"),
        (timedelta(minutes=119), "en", "1 hour ago"),
        (timedelta(hours=21), "en", "21 hours ago"),
        (timedelta(hours=47), "en", "1 day ago"),
        (timedelta(days=6), "en", "6 days ago"),
        (timedelta(hours=3), "de-AT", "vor 3 Stunden"),
        (timedelta(days=2), "fr", "il y a 2 jours"),
        (timedelta(hours=3), "fa", "۳ ساعت پیش"),
        (timedelta(hours=3), None, "3 hours ago"),
        (timedelta(hours=3), "no such language", "3 hours ago"),
        (timedelta(days=30), "de", "25. Oktober 2026"),
        (timedelta(days=30), "en", "25 October 2026"),
        (timedelta(days=30), None, "25 October 2026"),
        (timedelta(days=30), "en-US", "October 25, 2026"),
    ],
)
def test_an_age_is_told_in_the_readers_words(ago, language, words):
    assert age(NOON - ago, NOON, language) == words


@pytest.mark.parametrize(
    ("language", "full"),
    [
        ("en", "24 November 2026, 12:00 UTC"),
        ("de", "24. November 2026, 12:00 UTC"),
        ("fa", "۲۴ نوامبر ۲۰۲۶،\u200f ۱۲:۰۰ UTC"),
        ("ar", "24 نوفمبر 2026، 12:00 UTC"),
        ("ja", "2026年11月24日 12:00 UTC"),
    ],
)
def test_a_time_in_full_is_told_in_utc(language, full):
    assert in_full(NOON, language) == full


@pytest.mark.parametrize(
    ("octets", "language", "words"),
    [
        (12_345_678, "en", "12.3 MB"),
        (12_345_678, None, "12.3 MB"),
        (12_345_678, "de", "12,3 MB"),
        (12_345_678, "fr", "12,3\u202fMo"),
        (12_345_678, "fa", "۱۲٫۳ MB"),
        (80, "en", "0.1 kB"),
        (1_000, "en", "1 kB"),
        (999_949, "en", "999.9 kB"),
        (999_999, "en", "1 MB"),
        (20_000_000_000, "en", "20 GB"),
        (3_000_000_000_000, "en", "3000 GB"),
        (3, "en", "0.1 kB"),
    ],
)
def test_a_size_is_told_in_the_readers_words(octets, language, words):
    assert size(octets, language) == words


@pytest.mark.parametrize("language", ["en", "en-US", "fa", "de", "ja", None, "xx"])
def test_a_date_is_spelt_in_one_way_with_and_without_its_time(language):
    long_ago = NOON - timedelta(days=30)

    assert in_full(long_ago, language).startswith(age(long_ago, NOON, language))


@pytest.mark.parametrize(
    ("said", "tag"),
    [("en-GB", "en-GB"), ('en" onclick="x', None), ("", None), (None, None)],
)
def test_only_a_language_tag_stands_in_an_attribute(said, tag):
    assert lang(said) == tag


def test_a_language_we_do_not_speak_gets_english_around_its_reports():
    assert phrases("ja").language == "en"
    assert phrases("fa-IR").language == "fa"
    assert phrases(None).language == "en"
