"""A publication that was taken out of the config leaves months; they honour withdrawals."""

import pytest

from tests.installation import Installation
from tests.origin import Origin

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Gazette</title>
<link>https://gazette.example/</link><description>News</description>
<item><title>First</title><link>https://gazette.example/1</link></item>
<item><title>Second</title><link>https://gazette.example/2</link></item>
</channel></rss>"""
BOTH = """\
publications:
  - {id: wire, title: Wire}
  - {id: other, title: Other}
"""


@pytest.mark.parametrize(
    "after",
    [
        "publications: [{id: wire, title: Wire}]",
        BOTH.replace("Other}", "Other, formats: [rss]}"),
    ],
)
def test_what_is_withdrawn_leaves_the_months_of_former_publications(tmp_path, after):
    with Origin() as origin:
        origin.answers("/feed", RSS)
        at = Installation(tmp_path, {"gazette": origin.url()}, publications=BOTH)
        at.poll()
    (month,) = (
        path
        for path in at.files()
        if path.startswith("feeds/other/archive/2") and path.endswith(".atom")
    )
    at.write("publications.yaml", after)
    at.run("publish")
    first = next(a for a in at.articles() if a["title"] == "First")

    at.run("article", "withdraw", first["id"], "--reason", "printed in error")

    document = at.published(month)
    assert b"<title>First</title>" not in document
    assert b"printed in error" in document
    assert b"<title>Second</title>" in document
