"""Visible text: what counts as a word a reader sees, and what does not."""

import hashlib
import time
from html.entities import html5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.markup import clean, printable, text_sha256, visible_text
from aggregator.text.markup.tame import tame_words
from aggregator.text.markup.visible import one_line, prepared, text_of

SEEN = {
    "a<script>x</script>b": "ab",
    "a<style>x</style>b": "ab",
    "<title>t</title>x": "x",
    "<template>t</template>u": "u",
    "a<!-- c -->b<!-->d-->e": "abd-->e",
    "a<!-- c --!>b": "ab",
    "<iframe>f</iframe>g": "g",
    "<noembed>x</noembed><noframes>y</noframes>z": "z",
    "<audio>f</audio><video>g</video><canvas>h</canvas>i": "i",
    "<object data=x>instead</object>": "instead",
    "<noscript>n<p>q</p></noscript>": "n q",
    "<textarea>t<b>u</textarea>": "t<b>u",
    "<select><option>a<option>b</select>": "a b",
    "x<plaintext>a<b>": "x a<b>",
    "x<y<noscript>n</y<noscript><p>o": "xn o",
    "<xmp><b>x</b></xmp>": "<b>x</b>",
    "a<![CDATA[x]]>b": "ab",
    "<b>un<i>closed": "unclosed",
    "<p>a<p>b<br>c<hr>d": "a b c d",
    "<span>a</span><div>b</div><span>c</span>": "a b c",
    "<ul><li>a<li>b</ul>": "a b",
    "<table>x<tr><td>a<td>b</table>": "x a b",
    "a<form>b</form>c": "a b c",
    "Send<button>now</button>": "Send now",
    "<center>a</center>b": "a b",
    "f<font>oo</font>": "foo",
    "<math><mi>x</mi><mo>=</mo><annotation>tex</annotation></math>": "x=",
    "<text>hello</text> <g>w</g>": "hello w",
    "<svg><title>t</title><text>s</text></svg>z": "z",
    "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>": "漢kan",
    '<img alt="t">x': "x",
    "a&nbsp;&nbsp; b\n\tc": "a b c",
    "AT&amp;T &lt;b&gt; &#133;": "AT&T <b> …",
    "&amp;lt;": "&lt;",
    "<custom-thing>w</custom-thing>": "w",
    "1 < 2 > 0": "1 < 2 > 0",
    "": "",
}


@pytest.mark.parametrize(("html", "text"), SEEN.items())
def test_visible_text_is_what_a_reader_sees(html, text):
    assert visible_text(html) == text
    assert clean(html).text == text


def test_the_digest_is_the_sha_256_of_the_visible_text():
    digest = hashlib.sha256(b"a b").hexdigest()

    assert text_sha256("<p>a</p><p class=x>b</p>") == digest


HOSTILE = {
    "deep blocks": "<div>" * 100_000 + "words",
    "open formatting": "<a><b>" * 50_000 + "words",
    "formatting copied into every block": "".join(
        f"<font size={size}>" for size in range(2000)
    )
    + "<p>x" * 20_000
    + "words",
    "the same, few enough not to be counted": "".join(
        f"<font size={size}>" for size in range(250)
    )
    + "<p>x" * 250
    + "words",
    "tags that never end": "words" + "<a" * 100_000,
    "formulas that never end": "words" + "<math" * 50_000,
    "comments that never end": "words" + "<!--" * 100_000,
    "quotes that never end": "words" + '<a ="' * 100_000 + ">",
    "embeddings": "words" + "\u202a" * 50_000 + "\u2069" * 50_000,
    "deep blocks behind false ends": "<div><!--</div>--><p a='</div>'>" * 20_000
    + "words",
    "deep blocks behind scripts": "<div><script></div></script>" * 20_000 + "words",
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("media_type", ["text/html", "application/xhtml+xml"])
def test_no_markup_takes_a_parser_down(html, media_type):
    """I13: time and size grow with the document, not with its square.

    CPU time, with much room: the unbounded ones take minutes.
    """
    start = time.process_time()

    cleaned = clean(html, media_type=media_type)

    assert time.process_time() - start < 8
    assert "words" in cleaned.text
    assert len(cleaned.html) < 40 * len(html)


def test_flattening_keeps_words_and_says_so():
    html = "".join(f"<div>{number} " for number in range(600))

    cleaned = clean(html)

    assert cleaned.text == " ".join(str(number) for number in range(600))
    assert cleaned.html.count("<div>") == 512
    assert cleaned.changes == ("flattened markup that was nested too deep",)


def test_many_elements_beside_each_other_are_not_deep():
    html = "<p>a<br><b>b</b><li>c" * 2000

    assert clean(html).changes == ()


TAGS = """
<p>|</p>|<br>|<br/>|</br>|<hr>|<li>|</li>|<a href="/x">|</a>|<b>|</b>|<h2>|</h2>|<h3>|</h3>
|<img src="a" alt="b" />|<pre>|</pre>|<ul>|</ul>|<dl>|</dl>|<dd>|</dd>|<dt>|<div>|</div>
|<div/>|<wbr>|<code>|<p class='"b"'>|<ul id="a" >|<h4\t\tid='a'/>|<li xml:lang="en">|<b id=a>
|<P>|<p\fid="a">|<p id="a"id="b">
"""
REFERENCES = """
&amp; &lt; &nbsp; &#8217; &#39; &#039; &#38; &#60; &#32; &#8238; &#127; &#128; &#x2019; &#xA0;
&#x1F4C4; &#x1fffe; &#128196; &#x202E; &#XE1; &#x3c; &#xD800; &egrave; &Ouml; &rdquo; &laquo;
&apos; &notit; &eacute &#38 &am p;
""".split()  # noqa: SIM905 - one word beside the other reads better
TAME = st.lists(
    st.one_of(
        st.sampled_from(TAGS.replace("\n", "").split("|")),
        st.sampled_from(REFERENCES),
        st.text("a b\n\té\u202e\u200d\x0c\x0b<>&;", max_size=4),
    ),
    max_size=30,
)


@given(TAME)
def test_words_of_plain_markup_are_those_that_a_parser_finds(pieces):
    """The short way to the visible text is taken only where the long one agrees."""
    html = "".join(pieces)
    words = tame_words(html)

    assert words is None or one_line(words) == text_of(prepared(html))


def test_references_taken_for_tame_are_decoded_as_a_parser_does():
    codes = [*range(0x3000), *range(0xD000, 0x10000), *range(0x1F000, 0x20000)]
    numbers = [form.format(n) for n in codes for form in ("&#{};", "&#x{:X};")]
    html = [f"a{ref}b" for ref in [*numbers, *(f"&{name}" for name in html5)]]

    tame = [(one, words) for one in html if (words := tame_words(one)) is not None]

    assert len(tame) > 20_000
    assert [one for one, words in tame if one_line(words) != text_of(one)] == []


def test_plain_markup_takes_the_short_way_and_tables_do_not():
    plain = '<p>One <a href="/x">two</a></p><p>three</p>'

    assert one_line(tame_words(plain)) == "One two three"
    assert prepared(plain) == plain
    assert tame_words("<table>a<tr><td>b</table>") is None
    assert tame_words("a<!-- b -->") is None
    assert tame_words("<p title=a>b") is None
    assert tame_words("a &am<b>p; b") is None


@given(st.text("ab \t\n\r\f\v\x1c\x1f\x00\x7f\xa0é", max_size=12))
def test_words_on_one_line_have_one_blank_between_them(text):
    assert one_line(text) == " ".join(printable(text).split())
