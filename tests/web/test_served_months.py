"""Months of a publication, as late readers ask for them (RFC 5005)."""

import pytest
from builders import ANY_RIGHTS, article, report
from house import House, served

from aggregator.publishing import Archives, slip


def test_a_month_is_served_as_it_was_published(tmp_path):
    house = House(tmp_path)
    wire = house.config.publications[0]
    archives = Archives(house.config.output, base_url=house.config.base_url)
    volume = archives.volume(wire, "2026-10")
    shown = report(article(), wire, ANY_RIGHTS)
    volume.add([slip(shown.article, "1")], {shown.article.id: shown})
    archives.write(wire, "2026-10", volume, previous=None, now=house.at)
    path = house.config.output / "feeds/wire/archive/2026-10.atom"

    with served(house) as site:
        answer = site.get("/feeds/wire/archive/2026-10.atom")

    assert answer.status == 200
    assert answer.body == path.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/wire/archive/2026-11.atom",
        "/feeds/other/archive/2026-10.atom",
        "/feeds/wire/archive/..%2f..%2fwire.atom",
    ],
)
def test_a_month_that_is_not_there_is_a_404(tmp_path, path):
    with served(House(tmp_path)) as site:
        assert site.get(path).status == 404
