"""Addresses that are legal as they stand take a short way: to the same result."""

from importlib import import_module

from hypothesis import given
from hypothesis import strategies as st

# The door has a function of the same name.
resolve = import_module("aggregator.text.urls.resolve")

PIECES = st.sampled_from(
    [
        *("http://", "https://", "HTTP://", "a.example", "A.example", "127.0.0.1"),
        *("xn--a-example.example", ".", "..", "/", "//", "/../", "/./", "%2e", "%2E"),
        *("%41", "%zz", "%", ":80", ":443", ":8080", ":08", ":99999", ":", "?", "#"),
        *("a=b&c=d", "&amp;", "ü", " ", "\t", "\\", "@", "user:pw@", "|", "[::1]"),
        *("~x", "(y)", "it's", "_", "-", ";", "+", "*", "index.html", "a" * 70),
    ]
)
written = st.lists(PIECES, max_size=8).map("".join)


@given(written | written.map(lambda rest: "https://a.example" + rest))
def test_the_short_way_leads_to_the_same_address(href):
    short = resolve._plain(href)

    assert short in (None, resolve._written(None, href))


BASES = st.sampled_from(
    ["https://a.example/b/c?d#e", "http://a.example:80", "/b", "ftp://a/", "", None]
)


@given(BASES, written.map(lambda rest: "/" + rest))
def test_the_short_way_from_the_root_leads_to_the_same_address(base, href):
    short = resolve._rooted(base, href)

    assert short in (None, resolve._written(base, href))


def test_usual_addresses_take_the_short_way():
    assert resolve._plain("https://a.example/b?c=d#e")
    assert resolve._rooted("https://a.example/b", "/c/d.html?e=f&g=h#i")
