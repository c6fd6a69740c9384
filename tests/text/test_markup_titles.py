"""Titles, names and categories as a person reads them."""

import pytest

from aggregator.text.markup import plain

HTML, XHTML, TEXT = "text/html", "application/xhtml+xml", "text/plain"


@pytest.mark.parametrize(
    ("value", "media_type", "read"),
    [
        ("<script>x</script>", TEXT, "<script>x</script>"),
        ("<script>x</script>", HTML, ""),
        ("<script>x</script>", None, "<script>x</script>"),
        ("AT&amp;T", TEXT, "AT&amp;T"),
        ("AT&amp;T", HTML, "AT&T"),
        ("AT&amp;T", XHTML, "AT&T"),
        ("AT&amp;T", None, "AT&T"),
        ("AT&T", None, "AT&T"),
        ("1 < 2", TEXT, "1 < 2"),
        ("1 < 2", HTML, "1 < 2"),
        ("1 < 2", None, "1 < 2"),
        ("1 &lt; 2", XHTML, "1 < 2"),
        ("a &lt;b&gt; c", TEXT, "a &lt;b&gt; c"),
        ("a &lt;b&gt; c", HTML, "a <b> c"),
        ("a &lt;b&gt; c", None, "a <b> c"),
        ("a <b>bold</b> word", None, "a bold word"),
        ("a <b>bold</b> word", TEXT, "a <b>bold</b> word"),
        ("Vector<int> explained", None, "Vector<int> explained"),
        ("i<sub>1", None, "i1"),
        ("tom & jerry; and R&D", None, "tom & jerry; and R&D"),
        ("two\n  lines", None, "two lines"),
        (
            "text/html; charset=utf-8 is&nbsp;read",
            "Text/HTML; charset=utf-8",
            "text/html; charset=utf-8 is read",
        ),
        ("a\x0bb\u202e", None, "ab\u202e\u202c"),
        ("می&#8204;خواهم", None, "می\u200cخواهم"),
        ("", None, ""),
        ("\u200b", None, ""),
        ("\u2066\u00ad\u2069 \u3164", TEXT, ""),
        ("&#8203;", HTML, ""),
        ("&nbsp;", None, ""),
        ("&nbsp;", TEXT, "&nbsp;"),
        ("\u200bseen", None, "\u200bseen"),
    ],
)
def test_a_title_reads_as_a_person_would(value, media_type, read):
    """I3: what the format says counts; where it says nothing, what is likely."""
    assert plain(value, media_type) == read
