"""Tricks of strangers that no list names, all at once, through the whole program."""

import json
import re

from click.testing import CliRunner
from installation import Installation
from newsdesk import MINUTE, NOON
from test_hostile_words import channel, entry, found, items

from aggregator.cli import mediawire
from aggregator.errors import FetchError, MediaWireError

ATOM_LINK = 'xmlns:a="http://www.w3.org/2005/Atom"'
TRICKS = {
    "/terminal": channel(
        entry(1, title="<title>a\x9b31m &#155;2J b\r\nFake: c</title>")
    ),
    "/page": "<!doctype html><title>\x1b[31mBad\x9b2J\r\nlevel=error</title>",
    "/template": channel(
        entry(
            2,
            title="<title>{{7*7}} ${x} %(a)s &lt;%= 1 %&gt;</title>",
            description="<description>&lt;base href=//evil.example&gt;&lt;p onclick=x()&gt;"
            "{{7*7}}&lt;/p&gt;&lt;meta http-equiv=refresh content=0;url=//evil.example&gt;"
            "&lt;img src=a.png srcset='javascript:1 2x'&gt;</description>",
        )
    ),
    "/cover": channel(
        entry(
            3,
            description="<description>&lt;p style='position:fixed;inset:0'&gt;x&lt;/p&gt;"
            "&lt;a href='&amp;#1;javascript:x()'&gt;c&lt;/a&gt;&lt;iframe srcdoc=x&gt;"
            "&lt;/iframe&gt;&lt;p class=mediawire-credit&gt;Source: Other&lt;/p&gt;"
            "</description>",
        )
    ),
    "/unclosed": channel(
        entry(
            4,
            description="<description>&lt;/p&gt;&lt;/body&gt;&lt;plaintext&gt;&lt;!-- "
            "&lt;textarea&gt;&lt;select&gt;&lt;template&gt;&lt;noscript&gt;end</description>",
        )
    ),
    "/dates": channel(
        entry(5, date="<pubDate>Fri, 01 Jan 2100 00:00:00 GMT</pubDate>")
        + entry(6, date="<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>")
        + entry(7, date="<pubDate>Mon, 01 Jun 0026 10:00:00 GMT</pubDate>")
    ),
    "/calls": channel(
        entry(8),
        head=f'<a:link {ATOM_LINK} rel="self" href="HERE/self"/><a:link {ATOM_LINK} '
        'rel="hub" href="HERE/hub"/><a:link rel="next" href="HERE/next"/>'
        "<image><url>HERE/image</url></image><docs>HERE/docs</docs>"
        "<cloud domain='127.0.0.1' port='1' path='/rpc' protocol='http-post'/>",
    ),
    "/entity": '<!DOCTYPE rss [<!ENTITY x "<item><title>INJECTED</title></item>">]>'
    + channel("&x;" + entry(9)).partition("?>")[2],
    "/sheet": '<?xml-stylesheet href="//evil.example/x.xsl" type="text/xsl"?>'
    + channel(entry(10)).partition("?>")[2],
    "/language": '<rss version="2.0"><channel><title>L</title><language>"&gt;&lt;script&gt;'
    f"</language>{entry(11)}</channel></rss>",
    "/json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "J\u202e",
            "home_page_url": "javascript:1",
            "items": [
                {"id": 1e400, "title": ["x"], "content_html": {"a": 1}},
                {"id": True, "content_text": "ok \ud800 \u0000", "authors": "x"},
                {"id": "u", "url": "javascript:1", "tags": [None, 1, {"a": 2}]},
                {
                    "id": "f",
                    "attachments": [{"url": "file:///x", "size_in_bytes": -1e99}],
                },
                None,
                3,
            ],
        }
    ),
    "/quotes": channel(
        entry(12, title="<title>2026-01-01 =cmd|'/c calc'!A1 &quot;,&quot;</title>")
    ),
    "/same": channel(
        "".join(
            f"<item><guid>same</guid><title>Same {n}</title></item>" for n in range(30)
        )
    ),
}
NOWHERE = re.compile(rb"javascript:|file:|evil\.example|INJECTED", re.IGNORECASE)
NOT_IN_HTML = re.compile(
    r"onclick|<base|http-equiv|srcset|style=|<(script|iframe|textarea|plaintext)",
    re.IGNORECASE,
)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def test_tricks_that_no_list_names_come_to_nothing(desk_of, origin):
    """I4, I6, I18, I24, P1: 13 sources of tricks beside each other.

    Every output follows its rules, nothing but the feeds is ever asked for, nothing
    active or foreign is left, no time is made up, and no control character reaches a
    terminal by way of the status.
    """
    for path, document in TRICKS.items():
        body = document.replace("HERE", origin.url(""))
        origin.answers(path, body.encode("utf-8", "surrogatepass"))
    desk = desk_of(*TRICKS)
    desk.live(MINUTE)
    statuses = desk.wire.publish()
    outputs = desk.outputs()

    assert found(outputs) == []
    assert not [status for status in statuses if status.refused or status.left_out]
    assert sorted(heard.path for _, heard in desk.heard) == sorted(TRICKS)
    assert not any(NOWHERE.search(output) for output in outputs.values())
    for item in items(outputs):
        assert not NOT_IN_HTML.search(item["content_html"])
        assert item["content_html"].endswith("</a></p>")
        assert item["content_html"].count("mediawire-credit") == 1
        assert "1990" < item["date_published"] <= NOON.isoformat()
    told = [str(desk.status(path[1:])) for path in TRICKS]
    told += [desk.status(path[1:])["error"] or "" for path in TRICKS]
    assert not [text for text in told if CONTROLS.search(text)]
    assert len(items(outputs)) == 11 + 30 + 4


def test_what_a_stranger_names_is_never_read_from_this_machine(tmp_path, origin):
    """N7: a page, a redirect or a list of feeds that names a file gets none."""
    secret = tmp_path / "feed.xml"
    secret.write_text(channel(entry(1, title="<title>CANARY</title>")))
    file = secret.as_uri()
    at = Installation(tmp_path / "at", {"a": origin.url("/redirect")})
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    origin.answers("/page", f"<!doctype html>{link.format(file)}<p>News".encode())
    origin.answers("/redirect", status=302, headers=[("Location", file)])
    opml = tmp_path / "list.opml"
    opml.write_text(
        '<opml version="2.0"><body><outline type="rss" text="x" '
        f'xmlUrl="{file}"/></body></opml>'
    )

    def tell(*words):
        return CliRunner().invoke(mediawire, ["-c", str(at.config), *words])

    told = [
        tell("source", "add", origin.url("/page")),
        tell("source", "test", origin.url("/redirect")),
        tell("source", "import", str(opml)),
        tell("poll", "--json"),
        tell("article", "list", "--json"),
    ]

    assert "CANARY" not in "".join(done.output for done in told)
    assert not any("CANARY" in path.read_text() for path in at.config.rglob("*.yaml"))
    assert isinstance(told[1].exception, FetchError)
    assert isinstance(told[0].exception, MediaWireError)
