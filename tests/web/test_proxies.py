"""The examples for nginx and Caddy in the README say what we say of a feed ourselves."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent.parent / "README.md").read_text()
# These two a server that has the file at hand makes by itself.
BY_ITSELF = {"date", "etag", "last-modified", "content-length", "content-type", "vary"}


def example(name):
    [block] = re.findall(rf"```{name}\n(.*?)```", README, re.DOTALL)
    return block


@pytest.mark.parametrize("server", ["nginx", "caddy"])
@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_an_example_gives_feeds_the_headers_we_give_them(site, server, name):
    headers = site.get(f"/feeds/wire.{name}").headers
    said = example(server)

    for header, value in headers.items():
        if header not in BY_ITSELF:
            written = rf'(?im)^ *(add_header )?{header} "?{re.escape(value)}"?;?$'
            assert re.search(written, said), header
    kind = headers["content-type"].partition(";")[0]
    assert re.search(rf"{re.escape(kind)}.*\b", said)
    assert re.search(r"charset[= ]utf-8", said)


@pytest.mark.parametrize("server", ["nginx", "caddy"])
def test_an_example_has_braces_in_pairs_each_opened_at_the_end_of_a_line(server):
    said = example(server)

    assert said.count("{") == said.count("}")
    if server == "caddy":  # it takes nothing behind a brace on the same line
        assert not re.search(r"\{[^\n]", said)


def test_an_example_leaves_to_us_what_browsers_ask_before_they_ask():
    """A server that has the file at hand knows no OPTIONS for it."""
    assert "if ($request_method = OPTIONS) { return 418; }" in example("nginx")
    assert "error_page 418 = @wire;" in example("nginx")
    assert re.search(r"@feeds \{\n *method GET HEAD\n", example("caddy"))


def test_no_example_hides_who_asks():
    """A1: the console takes a request without signs of a proxy for the machine's own.

    Caddy sets X-Forwarded-For without being told.
    """
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in example("nginx")
