"""The folders we ship are valid as they are, and so is the example of the design."""

from functools import partial
from pathlib import Path

import pytest

from aggregator.config import load_files, starter
from aggregator.editing import complaints, kinds
from aggregator.errors import MediaWireError
from aggregator.model import Config

REPOSITORY = Path(__file__).parents[2]


def read(folder: Path) -> Config:
    return load_files(
        folder,
        environ={},
        kinds={kind: partial(complaints, kind) for kind in kinds()},
        formats=("rss", "atom", "json"),
    ).config


@pytest.fixture(scope="module")
def wire() -> Config:
    return read(REPOSITORY / "config")


def test_the_config_of_the_repository_is_valid(wire: Config):
    [warning] = wire.warnings

    assert warning.startswith("contact is still the example")
    assert len(wire.sources) >= 14
    assert len(wire.publications) >= 3


def test_the_config_of_the_repository_speaks_many_languages(wire: Config):
    languages = {(source.language or "").partition("-")[0] for source in wire.sources}

    assert {"en", "fa", "ar", "ru", "tr", "ja", "de", "it", "es", "fr"} <= languages


def test_every_source_of_the_repository_says_whose_it_is(wire: Config):
    assert all(source.rights.holder for source in wire.sources)


def test_the_full_text_is_shown_only_under_a_licence(wire: Config):
    full = [source for source in wire.sources if source.rights.body == "full"]

    assert full
    assert all(source.rights.license for source in full)


def test_every_publication_of_the_repository_has_a_disclaimer(wire: Config):
    assert all(publication.disclaimer for publication in wire.publications)


def test_the_starting_folder_is_valid(tmp_path: Path):
    written = starter.write(tmp_path / "new" / "config")

    config = read(tmp_path / "new" / "config")

    assert [path.name for path in written] == [
        "mediawire.yaml",
        "sources.yaml",
        "publications.yaml",
    ]
    assert len(config.sources) == len(config.publications) == 1


def test_nothing_is_written_over(tmp_path: Path):
    (tmp_path / "publications.yaml").write_text("mine")

    with pytest.raises(MediaWireError, match="is already there; nothing was written"):
        starter.write(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["publications.yaml"]


DESIGN = {
    "mediawire.yaml": """\
base_url: http://127.0.0.1:8080
contact: https://example.org/about
store: sqlite:///data/mediawire.db
listen: 127.0.0.1:8080
output: data/public
keep: 90d
fetch:
  timeout: 30s
  max_body: 10MB
  workers: 64
  per_host: 1
  spacing: 2s
  allow_private: []
hosts:
  "*.platform.example": {per_host: 4, spacing: 500ms}
""",
    "sources.yaml": """\
defaults: {interval: 1h, language: en}
groups:
  persian: {language: fa, tags: [iran]}
sources:
  - id: un-news
    url: https://news.un.org/feed/subscribe/en/news/all/rss.xml
    title: UN News
    site: https://news.un.org/en/
    tags: [world]
    interval: 30m
    rights: {holder: United Nations, notice: "...", license: "https://un.example/", body: excerpt, words: 50, images: true, index: noindex}
""",
    "publications.yaml": """\
publications:
  - id: wire
    title: Media Wire
    description: Reports from other agencies, in their own words.
    disclaimer: >-
      Reports in the Media Wire section are retrieved from other agencies and websites and do not necessarily
      reflect our opinion.
    select: {sources: [un-news], tags: [world], languages: [en], max_age: 14d}
    rules: [house-style]
    limit: 100
    body: full
    formats: [rss, atom, json]
rules:
  house-style: {kind: headline, unshout: true, keep: [UN, NATO, IAEA], strip_suffix: [" | Example"]}
  no-sport: {kind: select, drop: {title: "(?i)\\\\bfootball\\\\b"}}
""",
}


def test_the_folder_that_the_design_describes_is_valid(tmp_path: Path):
    for name, text in DESIGN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    config = read(tmp_path)

    assert config.sources[0].rights.words == 50
    assert config.publications[0].select.sources == ("un-news",)
    assert config.rules[1].options == {"drop": {"title": r"(?i)\bfootball\b"}}
