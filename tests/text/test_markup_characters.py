"""Characters: what harms XML and screens goes, what a script needs stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.markup import cap, clean, excerpt, printable
from aggregator.text.markup.characters import BIDI as CONTROLS
from aggregator.text.markup.characters import ILLEGAL, UNSOUND

BIDI = st.text(
    alphabet="ab\u0301 \u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    max_size=40,
)


def unpaired(text):
    """Return the bidi controls without counterpart, in order (UAX 9, BD9 and BD11)."""
    lone, open_ = [], []
    for letter in text:
        if letter in "\u202a\u202b\u202d\u202e":
            open_.append("\u202c")
        elif letter in "\u2066\u2067\u2068":
            open_.append("\u2069")
        elif letter in "\u202c\u2069":
            if open_[-1:] == [letter]:
                open_.pop()
            else:
                lone.append(letter)
    return lone + open_


@given(BIDI)
def test_no_bidi_control_stays_unpaired(text):
    """I10: whatever the order."""
    assert unpaired(printable(text)) == []


@given(BIDI)
def test_balanced_text_is_left_alone(text):
    once = printable(text)

    assert printable(once) == once
    assert once.replace("a", "").count("b") == text.count("b")


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("a\u202eb", "a\u202eb\u202c"),
        ("a\u2066b", "a\u2066b\u2069"),
        ("a\u202cb\u2069", "ab"),
        ("a\u2066\u202eb\u2069c", "a\u2066\u202eb\u202c\u2069c"),
        ("a\u200fb\u200e", "a\u200fb\u200e"),
    ],
)
def test_titles_with_bidi_controls_do_not_touch_their_neighbours(title, shown):
    """I10: closed or removed; marks stay."""
    assert printable(title) == shown


def test_bidi_controls_in_a_body_are_paired_across_its_tags():
    """I10: an embedding may span elements; attributes carry none."""
    cleaned = clean('<p>a\u202eb<b title="\u202ex">c\u202c</b>\u202cd\u2066</p>')

    assert cleaned.html == '<p>a\u202eb<b title="x">c\u202c</b>d\u2066</p>\u2069'


def test_a_thousand_open_embeddings_are_bounded():
    """I10: also in number."""
    assert len(printable("\u202e" * 1000 + "a")) <= 121


@pytest.mark.parametrize("mark", ["\u200b", "\u0301", "\u200d", "\U000e0041", "\u064b"])
def test_long_runs_of_marks_are_cut(mark):
    """I10: 300 zero-width characters, 2 000 combining marks on one letter."""
    assert printable("a" + mark * 2000 + "b") == "a" + mark * 8 + "b"


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क्षि नमस्ते",
        "שָׁלוֹם",
        "👩\u200d👩\u200d👧\u200d👦",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "e\u0302\u0301",
        "السَّلامُ",
    ],
)
def test_what_a_script_needs_stays(text):
    assert printable(text) == text


@given(st.text())
def test_printable_text_can_be_written_to_xml(text):
    """I7: surrogates, controls and noncharacters are gone."""
    result = printable(text)

    assert all(unicodedata.category(letter) != "Cs" for letter in result)
    assert all(letter >= " " or letter in "\t\n\r" for letter in result)
    assert not any(
        "\x7f" <= letter <= "\x9f" or ord(letter) & 0xFFFE == 0xFFFE
        for letter in result
    )
    assert printable(result) == result


@given(st.text(max_size=60), st.integers(0, 60))
def test_capped_text_is_never_longer_than_its_cap(text, max_chars):
    """I20: also with the closers that a cut makes necessary."""
    text = printable(text)

    assert len(cap(text, max_chars)) <= max_chars or cap(text, max_chars) == text


@pytest.mark.parametrize(
    ("text", "max_chars", "kept"),
    [
        ("abc", 3, "abc"),
        ("abc", 2, "ab"),
        ("abe\u0301x", 3, "ab"),
        ("👨\u200d👩\u200d👧", 4, ""),
        ("\u202eabcdef", 4, "\u202eab\u202c"),
        ("ab cd", 3, "ab"),
    ],
)
def test_a_cap_cuts_between_letters(text, max_chars, kept):
    """I20: cut on a character, not through one."""
    assert cap(text, max_chars) == kept


@pytest.mark.parametrize(
    ("text", "words", "short"),
    [
        ("one two three", 2, "one two…"),
        ("one two, three", 2, "one two…"),
        ("one two.", 2, "one two."),
        ("one two. Three", 2, "one two…"),
        ("one two... three", 2, "one two…"),
        ("one two? Three", 2, "one two?…"),
        ("یک دو۔ سه", 2, "یک دو…"),
        ("یک دو، سه", 2, "یک دو…"),
        ("中国经济增长。专家说", 3, "中国经济增长…"),
        ("", 3, ""),
        ("中国经济增长强劲，专家说", 3, "中国经济增长…"),
        ("日本語のニュース", 20, "日本語のニュース"),
        ("ประเทศไทยมีข่าว", 2, "ประเทศไท…"),
        ("می\u200cخواهم بروم به خانه", 2, "می\u200cخواهم بروم…"),
        ("대한민국 정부는 오늘", 2, "대한민국 정부는…"),
        ("x" * 200, 1, "x" * 60 + "…"),
        ("\u2066one two\u2069 three", 1, "\u2066one…\u2069"),
        ("w0—w1—w2—w3", 2, "w0—w1…"),
        ("one–two three", 2, "one–two…"),
        ("one – two three", 3, "one – two…"),
        ("one— two three", 2, "one— two…"),
        ("—one two three", 2, "—one two…"),
        ("in 2020–2024 they", 2, "in 2020–2024…"),
        ("1—" * 200, 1, "1—1—1—1…"),
        ("中国——经济增长", 2, "中国…"),
        ("ሰላም፡ለዓለም፡ሁሉ፡ይሁን", 2, "ሰላም፡ለዓለም፡…"),
        ("བོད་ཡིག་ནི་སྐད་ཡིག", 2, "བོད་ཡིག་…"),
        ("ꆈꌠꁱꂷꆈꌠ", 2, "ꆈꌠꁱꂷ…"),
    ],
)
def test_an_excerpt_ends_after_a_word(text, words, short):
    assert excerpt(text, words) == (short, short != text)


@given(st.text(st.characters(max_codepoint=0x7F), max_size=400), st.integers(1, 9))
def test_an_excerpt_of_ascii_ends_where_it_does_before_other_letters(text, words):
    """What is only ASCII is cut by a pattern of its own."""
    first, was_cut = excerpt(text, words)

    assert not was_cut or excerpt(f"{text} ü", words) == (first, was_cut)


def test_characters_taken_for_sound_need_no_second_look():
    """The short way through `printable` passes nothing that the long one would change."""
    sound = [c for c in map(chr, range(0x10000)) if not UNSOUND.search(c)]

    assert len(sound) > 40_000
    assert [
        c for c in sound if unicodedata.category(c) in {"Mn", "Me", "Cf", "Cs"}
    ] == []
    assert not any(ILLEGAL.search(c) or CONTROLS.search(c) for c in sound)
    assert UNSOUND.search("\U0001f600")
