import pytest

from aggregator.fetching.targets import shown, target


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://a.example", "/"),
        ("http://a.example?x", "/?x"),
        ("http://a.example/f#part", "/f"),
        ("http://a.example/%7e/%zz/%C3%A9", "/%7e/%zz/%C3%A9"),
        ("http://a.example/a|b?c[]={}&d='\"<>\\^`", "/a|b?c[]={}&d='\"<>\\^`"),
        ("http://a.example/a b?c d", "/a%20b?c%20d"),
        ("http://a.example/é?ü", "/%C3%A9?%C3%BC"),
        ("http://a.example//x/../y", "//x/../y"),
    ],
)
def test_the_path_is_sent_as_written(url, path):
    """P19: no fragment, query unchanged, percent-escapes unchanged."""
    assert target(url).path == path


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTP://A.Example/", ("http", "a.example", 80)),
        ("https://a.example:8443/", ("https", "a.example", 8443)),
        ("https://a.example:/", ("https", "a.example", 443)),
        ("http://user:p%40ss@a.example/", ("http", "a.example", 80)),
        ("http://[2001:DB8::1]:81/", ("http", "2001:db8::1", 81)),
        ("http://münchen.example/", ("http", "xn--mnchen-3ya.example", 80)),
        ("http://m%C3%BCnchen.example/", ("http", "xn--mnchen-3ya.example", 80)),
        ("http://user@evil.example@127.0.0.1/", ("http", "127.0.0.1", 80)),
    ],
)
def test_the_origin_is_scheme_host_and_port(url, origin):
    assert target(url).origin == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example/feed",
        "ftp://a.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:///feed",
        "http://user@/feed",
        "http:a.example/",
        "http://a.example\\@127.0.0.1/",
        "http://a.example:70000/",
        "http://a.example:0/",
        "http://a.example:8x/",
        "http://a b.example/",
        "http://a.example/\r\nX: y",
        "http://a.example/\t",
        "http://\u2028.example/",
        "http://a%00.example/",
    ],
)
def test_what_is_not_a_plain_web_address_is_refused(url):
    with pytest.raises(ValueError, match=r"^its? "):
        target(url)


def test_what_is_shown_holds_neither_credentials_nor_query():
    """A5: neither string in any output."""
    url = "https://user:SECRETPW@h.example:444/f?token=SECRETTOK#x"

    assert shown(url) == "https://h.example:444/f"
    assert "SECRETPW" not in repr(target(url))
