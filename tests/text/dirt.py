"""HTML as it comes from editors, exporters and accidents: strategies for Hypothesis."""

from hypothesis import strategies as st

WORDS = (
    "Rain",
    "fell",
    "naïve",
    "گزارش",
    "می\u200cشود",
    "בוקר",
    "\u200fسلام\u200f",
    "\u2067עברית\u2069",
    "東京で会談",
    "42",
    "1 < 2",
    "a > b",
    "AT&T",
    "<3",
    "x<y",
    "]]>",
    "👩\u200d🚀",
)
REFERENCES = (
    "&amp;",
    "&lt;b&gt;",
    "&amp;lt;",
    "&nbsp;",
    "&eacute",
    "&notin;",
    "&copy;2026",
    "&hellip;",
    "&#8217;",
    "&#x1F600;",
    "&#128;",
    "&#133;",
    "&nosuch;",
    "&",
    "&#;",
    "&zwnj;",
    "&rlm;",
)
SPACES = (" ", "\n", "\t", "  \n  ", "\u00a0", "\u3000", "", "")
INLINE = ("a", "b", "i", "em", "span", "font", "u", "code", "q", "bdi", "sup", "nobr")
BLOCK = (
    *("p", "div", "blockquote", "h2", "pre", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "tr", "td", "th", "tbody", "caption", "section", "figure", "center"),
    *("figcaption", "article", "form", "details", "summary", "address"),
)
ATTRIBUTES = (
    "",
    "",
    ' class="x"',
    " style='color:red'",
    ' dir="rtl"',
    " align=right",
    ' href="/a?b=1&c=2"',
    ' title="a > b"',
    " data-x='<p>'",
    ' onclick="x()"',
    ' id=a"b',
    " /",
)
WHOLE = (
    "<br>",
    "<br/>",
    "</br>",
    "<hr>",
    "<wbr>",
    '<img src="/i.png" alt="seen by none">',
    "<img src=x width=1 height=1>",
    "<!-- c -->",
    "<!-->",
    "<!-- a -- b --!>",
    "<![CDATA[d]]>",
    "<?php e ?>",
    "<!DOCTYPE html>",
    "</>",
    "<script>if (a < b) x('</p>')</script>",
    "<style>p { color: red }</style>",
    '<iframe src="https://v.example/">f</iframe>',
    "<svg><path d='M0'/><text>s</text></svg>",
    "<noscript>n<p>o</p></noscript>",
    "<video src=v>no film</video>",
    "<object data=o>instead</object>",
    "<button>press</button>",
    "<textarea>t<b>u</textarea>",
    "<select><option>one<option>two</select>",
    "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
    "<o:p>office</o:p>",
    "<my-tag>mine</my-tag>",
    "<p/>",
    "<P>LOUD<P>AGAIN",
    "<ul><li>a<li>b<ul><li>c</ul></ul>",
    "<table><tr><td>1<td>2<tr><td>3</table>",
    "<pre>\n  as\n   is</pre>",
)

_names = st.sampled_from(INLINE + BLOCK)
_attributes = st.sampled_from(ATTRIBUTES)
_starts = st.builds("<{}{}>".format, _names, _attributes)
_ends = st.builds("</{}>".format, _names)
_text = st.sampled_from(WORDS + REFERENCES + SPACES)
_loose = _text | _starts | _ends | st.sampled_from(WHOLE)


def _wrapped(inner):
    return st.builds(
        "<{0}{1}>{2}</{0}>".format,
        _names,
        _attributes,
        st.lists(inner, max_size=4).map("".join),
    )


bodies = st.lists(st.recursive(_loose, _wrapped, max_leaves=8), max_size=12).map(
    "".join
)
