"""What one would write in an evening: requests, feedparser, sqlite3, feedgen.

    python -m tests.bench.naive FOLDER     polls FOLDER/urls, publishes into FOLDER

Conditional GETs from 16 threads over one session, every document parsed whole, every
entry sent to SQL, one Atom and one RSS file of 100 entries, each with its gzip form.
"""

import gzip
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import feedparser
import requests
from feedgen.feed import FeedGenerator

SCHEMA = """
CREATE TABLE IF NOT EXISTS feed (url PRIMARY KEY, etag, modified);
CREATE TABLE IF NOT EXISTS entry (feed, id, title, link, date, author, body,
    PRIMARY KEY (feed, id));
CREATE INDEX IF NOT EXISTS newest ON entry (date);
"""
KEEP = """INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    title = excluded.title, link = excluded.link, body = excluded.body"""


def fetched(session, url, etag, modified):
    held = {"If-None-Match": etag, "If-Modified-Since": modified}
    headers = {name: value for name, value in held.items() if value}
    answer = session.get(url, headers=headers, timeout=20)
    if answer.status_code == 304:
        return url, None, None
    answer.raise_for_status()
    return url, feedparser.parse(answer.content), answer.headers


def sweep(database):
    session = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_connections=16, pool_maxsize=16)
    session.mount("http://", adapter)
    rows = database.execute("SELECT url, etag, modified FROM feed").fetchall()
    with ThreadPoolExecutor(16) as threads:
        for url, feed, head in threads.map(lambda row: fetched(session, *row), rows):
            if feed is None:
                continue
            for entry in feed.entries:
                said = entry.get("content") or [{"value": entry.get("summary", "")}]
                date = time.strftime("%Y-%m-%dT%H:%M:%SZ", entry.published_parsed)
                values = (entry.id, entry.title, entry.link, date, entry.get("author"))
                database.execute(KEEP, (url, *values, said[0]["value"]))
            validators = (head.get("ETag"), head.get("Last-Modified"), url)
            database.execute(
                "UPDATE feed SET etag = ?, modified = ? WHERE url = ?", validators
            )
            database.commit()


def publish(database, folder):
    feed = FeedGenerator()
    feed.id("urn:all")
    feed.title("Everything")
    feed.description("Everything")
    feed.link(href="http://127.0.0.1/")
    newest = "SELECT * FROM entry ORDER BY date DESC LIMIT 100"
    for url, id_, title, link, date, author, body in database.execute(newest):
        entry = feed.add_entry(order="append")
        entry.id(id_)
        entry.title(title)
        entry.link(href=link)
        entry.published(date)
        entry.updated(date)
        entry.author(name=author or url)
        entry.content(body, type="html")
    for name, document in (("atom", feed.atom_str()), ("rss", feed.rss_str())):
        (folder / f"all.{name}").write_bytes(document)
        (folder / f"all.{name}.gz").write_bytes(gzip.compress(document, 6))


def main():
    folder = Path(sys.argv[1])
    database = sqlite3.connect(folder / "naive.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript(SCHEMA)
    urls = [(url,) for url in (folder / "urls").read_text().split()]
    database.executemany("INSERT OR IGNORE INTO feed (url) VALUES (?)", urls)
    database.commit()
    sweep(database)
    publish(database, folder)


if __name__ == "__main__":
    main()
