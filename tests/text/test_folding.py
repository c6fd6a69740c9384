"""What is written in two ways is searched in one; a query is never a syntax error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.folding import MOST_CHARACTERS, Term, folded, terms, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كتاب", "کتاب"),
        ("ايران", "ایران"),
        ("موسى", "موسی"),
        ("مدرسة", "مدرسه"),
        ("خانهٔ", "خانه"),
        ("أحمد إيران آب ٱلله", "احمد ایران اب الله"),
        ("مسؤول رئيس", "مسوول رییس"),
        ("مَدْرَسَةٌ", "مدرسه"),
        ("ســـلام", "سلام"),
        ("ﻻ ﷲ", "لا الله"),
        ("۱۴۰۴", "1404"),
        ("١٤٠٤", "1404"),
        ("می‌خواهم", "می خواهم"),
        ("שָׁלוֹם", "שלום"),
        ("Élan NAÏVE", "elan naive"),
        ("E\u0301lan", "élan"),
        ("Straße", "STRASSE"),
        ("İstanbul ılık", "istanbul ilik"),
        ("Øresund Łódź", "oresund lodz"),
        ("Ёлка", "елка"),
        ("Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
        ("ｆｉｎｅ １２", "fine 12"),
        ("ﬁne", "fine"),
        ("𝐁𝐑𝐄𝐀𝐊𝐈𝐍𝐆 𝔉𝔩𝔬𝔬𝔡, 9℃, 3㎒", "breaking flood 9 c 3mhz"),
        ("ﾱￎ", "뫠"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\u202bعربي\u202c", "عربی"),
        ("が", "か\u3099"),
    ],
)
def test_two_ways_of_writing_are_one(one, other):
    assert words(one) == words(other) != []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("U.N. vote: 3.5% (a_b)", ["u", "n", "vote", "3", "5", "a", "b"]),
        ("東京タワー at 9", ["東", "京", "タ", "ワ", "ー", "at", "9"]),
        ("กรุง", ["ก", "ร", "ุ", "ง"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("한국어 뉴스", ["한국어", "뉴스"]),
        ("\u200f«نیویورک»،", ["نیویورک"]),
        ("", []),
    ],
)
def test_words_are_parted_as_their_script_does(text, parts):
    assert words(text) == parts


def test_letters_that_differ_in_meaning_stay_apart():
    assert len({*words("د ذ ر ز س ش ص ض ط ظ ع غ ف ق")}) == 14


@given(st.text())
def test_folding_twice_changes_nothing_and_leaves_letters_and_digits(text):
    once = words(text)

    assert words(" ".join(once)) == once
    assert not set("".join(once)) & set(" '\"\\:*-+()&|!<>^{}\t\n")


def test_a_text_without_end_is_searched_in_its_beginning():
    assert len(folded("é " * MOST_CHARACTERS)) == MOST_CHARACTERS


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("flood  Rome", [Term(words=("flood",)), Term(words=("rome",))]),
        ('"flood in" rome', [Term(words=("flood", "in")), Term(words=("rome",))]),
        ("wat*", [Term(words=("wat",), prefix=True)]),
        ("-sport x", [Term(words=("sport",), unwanted=True), Term(words=("x",))]),
        ('-"a b"', [Term(words=("a", "b"), unwanted=True)]),
        ("می‌خواهم", [Term(words=("می", "خواهم"))]),
        ("東京*", [Term(words=("東", "京"), prefix=True)]),
        ('"never closed', [Term(words=("never", "closed"))]),
        ("- * \"\" -- '", []),
        ("a OR NEAR(b)", [Term(words=(w,)) for w in ("a", "or")] + [Term(words=("near", "b"))]),
    ],
)  # fmt: skip
def test_a_query_is_words_phrases_beginnings_and_what_is_unwanted(query, asked):
    assert list(terms(query)) == asked
