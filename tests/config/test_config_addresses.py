"""Addresses that readers are shown are such as every format has a place for."""

import pytest
from desk import Desk


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("HTTPS://a.example/By?x=1&y=[2]#z", "https://a.example/By?x=1&y=%5B2%5D#z"),
        ("https://a.example/%D8%AE|<b>", "https://a.example/%D8%AE%7C%3Cb%3E"),
        ("https://Straße.example:8443/ایران", "https://xn--strae-oqa.example:8443/%D8%A7%DB%8C%D8%B1%D8%A7%D9%86"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    ],
)  # fmt: skip
def test_an_address_that_readers_are_shown_is_a_uri(desk: Desk, written, published):
    """I24: and a licence that no format names would keep its reports from readers."""
    desk.writes(
        "sources.yaml",
        "sources:\n  - id: a\n    url: https://a.example/feed\n"
        f'    site: "{written}"\n    rights: {{license: "{written}"}}\n',
    )
    desk.writes("publications.yaml", f'publications: [{{id: w, image: "{written}"}}]')

    config = desk.reads()

    source = config.sources[0]
    shown = (source.site, source.rights.license, config.publications[0].image)
    assert shown == (published,) * 3


def test_all_ids_and_links_of_ours_begin_with_a_uri(desk: Desk):
    desk.writes("mediawire.yaml", "base_url: HTTP://café.example/nachrichten-ü/\n")

    base_url = desk.reads().base_url

    assert base_url == "http://xn--caf-dma.example/nachrichten-%C3%BC"
