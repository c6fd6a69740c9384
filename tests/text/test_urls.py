"""Addresses: made absolute, compared, traced to whose they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.reading.keys import keys
from aggregator.text.urls import (
    canonical,
    canonical_by,
    host_of,
    is_published_iri,
    registrable_host,
    resolve,
    resolve_content,
    shard,
)

BASE = "http://a/b/c/d;p?q"

# RFC 3986 section 5.4, without the schemes we refuse.
RFC_3986 = {
    "g": "http://a/b/c/g",
    "./g": "http://a/b/c/g",
    "g/": "http://a/b/c/g/",
    "/g": "http://a/g",
    "//g": "http://g/",
    "?y": "http://a/b/c/d;p?y",
    "g?y": "http://a/b/c/g?y",
    "#s": "http://a/b/c/d;p?q#s",
    "g#s": "http://a/b/c/g#s",
    "g?y#s": "http://a/b/c/g?y#s",
    ";x": "http://a/b/c/;x",
    "g;x?y#s": "http://a/b/c/g;x?y#s",
    ".": "http://a/b/c/",
    "./": "http://a/b/c/",
    "..": "http://a/b/",
    "../": "http://a/b/",
    "../g": "http://a/b/g",
    "../..": "http://a/",
    "../../g": "http://a/g",
    "../../../g": "http://a/g",
    "../../../../g": "http://a/g",
    "/./g": "http://a/g",
    "/../g": "http://a/g",
    "g.": "http://a/b/c/g.",
    ".g": "http://a/b/c/.g",
    "..g": "http://a/b/c/..g",
    "./../g": "http://a/b/g",
    "./g/.": "http://a/b/c/g/",
    "g/./h": "http://a/b/c/g/h",
    "g/../h": "http://a/b/c/h",
    "g;x=1/../y": "http://a/b/c/y",
    "g?y/../x": "http://a/b/c/g?y/../x",
    "g#s/../x": "http://a/b/c/g#s/../x",
}
WRITTEN = {
    " https://e.example/a\n": "https://e.example/a",
    "https://e.example/a b": "https://e.example/a%20b",
    "https://e.ex\nample/a\tb": "https://e.example/ab",
    "https:\\\\e.example\\a": "https://e.example/a",
    "https:/e.example/a": "https://e.example/a",
    "https:///e.example/a": "https://e.example/a",
    "//e.example/a": "https://e.example/a",
    "HTTPS://E.Example": "https://e.example/",
    "https://e.example:443/": "https://e.example/",
    "https://e.example:8443/": "https://e.example:8443/",
    "https://user:secret@e.example/": "https://e.example/",
    "https://a@b@e.example/": "https://e.example/",
    "https://bücher.example/größe?ü#ö": "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?%C3%BC#%C3%B6",
    "https://e.example/%c3%B6%2f": "https://e.example/%c3%B6%2f",
    "https://e.example/100%|^": "https://e.example/100%25%7C%5E",
    "https://e.example/?a[]=1&b={x}": "https://e.example/?a%5B%5D=1&b=%7Bx%7D",
    "https://e.example/a//b": "https://e.example/a//b",
    "https://e.example/%2e%2E/a": "https://e.example/a",
    "https://e.example?q": "https://e.example/?q",
    "https://my_site.e.example/": "https://my_site.e.example/",
    "https://[2001:DB8::1]:8080/": "https://[2001:db8::1]:8080/",
    "https://e.example/\ud800a": "https://e.example/a",
    "https://e.example/a?u=http://b.example:80/#c": "https://e.example/a?u=http://b.example:80/#c",
}
REFUSED = [
    *("", "   ", "javascript:alert(1)", "JaVaScRiPt:x", "java\tscript:x", "data:,x"),
    *(
        "jav&#x09;ascript:x",
        "&#106;avascript:x",
        "javascript&colon;x",
        "\x01javascript:x",
    ),
    *(
        "java&NewLine;script:x",
        "\u200bjavascript:x",
        "vbscript:x",
        "file:///etc/passwd",
    ),
    *(
        "blob:https://e.example/1",
        "ftp://e.example/",
        "mailto:a@b.example",
        "about:blank",
    ),
    *(
        "https://",
        "https:",
        "https:///",
        "https://e.example:99999/",
        "https://e..example/",
    ),
    *("https://e.example:x/", "https://[::1/", "https://[zz]/", "https://a b.example/"),
    *("https://<b>/", "https://e%00.example/", "urn:isbn:1", "tag:e.example,2026:1"),
    "https://e.example/" + "a" * 9000,
]


@pytest.mark.parametrize(("href", "absolute"), RFC_3986.items())
def test_relative_references_resolve_as_the_standard_says(href, absolute):
    assert resolve(BASE, href) == absolute


@pytest.mark.parametrize(("href", "absolute"), WRITTEN.items())
def test_addresses_are_understood_as_feeds_write_them(href, absolute):
    assert resolve(None, href) == absolute


@pytest.mark.parametrize("href", REFUSED)
def test_what_is_no_web_address_is_none(href):
    """I4: only http and https, however another scheme is spelled."""
    assert resolve(None, href) is None


@pytest.mark.parametrize("href", [h for h in REFUSED if ":" in h and "//" not in h])
def test_another_scheme_is_not_taken_for_a_relative_reference(href):
    """I4: with a base to resolve against, too."""
    assert resolve(BASE, href) is None


@pytest.mark.parametrize("base", [None, "", "feed.xml", "javascript:x", "data:,x"])
def test_a_relative_reference_needs_a_web_address_as_base(base):
    """I4: `xml:base` is as untrusted as the rest."""
    assert resolve(base, "a/b") is None


def test_a_link_in_a_body_may_be_a_mail_address():
    assert resolve_content(None, " MailTo:a@b.example") == "mailto:a@b.example"
    assert resolve_content(None, "\u200bmailto:a@b.example") == "mailto:a@b.example"


def test_the_words_of_a_mail_stay_apart():
    written = "mailto:a@b.example?subject=Rain in Rome"

    assert (
        resolve_content(None, written) == "mailto:a@b.example?subject=Rain%20in%20Rome"
    )


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("g", "http://a/b/c/g"),
        ("media/1.png", "http://a/b/c/media/1.png"),
        ("Mailto", "http://a/b/c/Mailto"),
        (" g", "http://a/b/c/g"),
        ("javascript:x", None),
        ("mailto:" + "a" * 9000, None),
    ],
)
def test_any_other_link_in_a_body_is_a_web_address_or_none(href, address):
    assert resolve_content(BASE, href) == address


@given(st.none() | st.text(max_size=20), st.text(max_size=40))
def test_whatever_is_resolved_is_legal_and_stays_as_it_is(base, href):
    """I4: a result is ASCII, http(s), and its own result."""
    address = resolve(base, href)

    assert address is None or (
        address.isascii()
        and address.startswith(("http://", "https://"))
        and not set(address) & set(' "<>\\^`{|}\n\t')
        and resolve(None, address) == address
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://e.example/a", "https://E.example:443/a#top"),
        (
            "http://e.example/a?id=1&utm_source=rss&utm_medium=x",
            "http://e.example/a?id=1",
        ),
        ("http://e.example/a?fbclid=1", "http://e.example/a"),
        ("http://e.example/a?UTM_Source=rss", "http://e.example/a"),
        ("http://e.example/a?at_medium=RSS&at_campaign=K", "http://e.example/a"),
        ("http://e.example/a?x=1&amp;utm_source=rss", "http://e.example/a?x=1"),
        ("http://e.example/%7ea%2f", "http://e.example/~a%2F"),
        ("http://e.example./a", "http://e.example/a"),
        ("http://e.example", "http://e.example/?"),
        ("http://e.example/a?&x=1&&y=2&", "http://e.example/a?x=1&y=2"),
    ],
)
def test_addresses_of_one_report_have_one_key(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://e.example/a?idxno=1", "http://e.example/a?idxno=2"),
        ("http://e.example/a?b&c", "http://e.example/a?c&b"),
        ("http://e.example/a", "http://e.example/a/"),
        ("http://www.e.example/a", "http://e.example/a"),
        ("http://e.example/#!/a", "http://e.example/#!/b"),
        ("http://e.example/A", "http://e.example/a"),
        ("http://e.example:8080/a", "http://e.example/a"),
        ("http://e.example/a?ref=1", "http://e.example/a"),
        ("http://e.example/a%2Fb", "http://e.example/a/b"),
    ],
)
def test_addresses_of_two_reports_have_two_keys(one, other):
    assert canonical(one) != canonical(other)


def test_what_is_no_address_is_its_own_key():
    assert canonical(" tag:e.example,2026:1 ") == "tag:e.example,2026:1"


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(url):
    assert canonical(canonical(url)) == canonical(url)


ADDRESSES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(
            ["https://e.example/", "http://e.example/", "HTTPS://e.example"]
        ),
        st.sampled_from(["", "a", "a?utm_source=x", "a?b=1", "%7ea"]),
        st.sampled_from(["", "#", "#part", "#!/route"]),
    ),
)


@given(ADDRESSES, st.none() | st.text())
def test_what_the_keys_of_an_entry_say_of_its_address_is_its_key(url, guid):
    named = keys(guid=guid, link=url, site=None, title="t", text="", date=None)

    assert canonical_by(named, url) == canonical(url)


@pytest.mark.parametrize(
    "identifier",
    [
        "https://e.example/",
        "http://e.example/a?b=c#d",
        "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
        "urn:isbn:0451450523",
        "tag:e.example,2026:a/1",
        "tag:news@e.example,2026-01-31:1",
    ],
)
def test_good_ids_are_published_as_they_are(identifier):
    assert is_published_iri(identifier)


@pytest.mark.parametrize(
    "identifier",
    [
        *("", "42", "a b", "/relative", "http://e.example", "http://e.example/a?"),
        *("Http://e.example/a", "http://E.example/a", "http://e.example:80/a"),
        *("http://e.example/?a=%69", "http://e.example/?a=%c3%b6"),
        *("http://e.example/%69", "http://e.example/%c3%b6", "http://e.example/a/../b"),
        *("http://e.example/a b", "http://e.example/ö", "http://user@e.example/"),
        *("http://e.example/a#", " http://e.example/a", "http://e.example/a\n"),
        *("urn:x", "urn:uuid:42", "urn:a:b", "tag:e.example:1", "tag:e.example,26:1"),
        *("tag:e.example,2026-13:1", "tag:e example,2026:1", "mailto:a@e.example"),
        *("javascript:x", "ftp://e.example/", "data:,x", "tag:a,b,2026:1"),
    ],
)
def test_ids_the_feed_validator_would_report_are_not(identifier):
    assert not is_published_iri(identifier)


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("www.E.example.", "e.example"),
        ("a.b.c.com", "c.com"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_a_host_belongs_to_who_registered_it(host, registered):
    assert registrable_host(host) == registered


def test_the_host_of_an_address_is_told_without_port_and_case():
    assert host_of("HTTP://News.E.example.:8080/x") == "news.e.example"
    assert host_of("tag:e.example,2026:1") == ""


def test_shards_never_change():
    """They are stored: another value would move every source."""
    assert shard("bbc.co.uk") == shard("BBC.co.uk") == 884
    assert all(0 <= shard(f"{n}.example") < 4096 for n in range(1000))
    assert len({shard(f"{n}.example") for n in range(1000)}) > 800
