"""Whatever stands in the files, the answer is a Config or complaints in words."""

from pathlib import Path
from tempfile import TemporaryDirectory

from desk import Desk, shouting
from hypothesis import given, settings
from hypothesis import strategies as st

KEYS = st.sampled_from(
    [
        "base_url",
        "contact",
        "store",
        "listen",
        "output",
        "keep",
        "fetch",
        "timeout",
        "hosts",
        "reading",
        "defaults",
        "groups",
        "sources",
        "id",
        "url",
        "title",
        "site",
        "tags",
        "rights",
        "body",
        "words",
        "headers",
        "auth",
        "username",
        "paused",
        "until",
        "trust",
        "rules",
        "select",
        "max_age",
        "formats",
        "limit",
        "kind",
        "publications",
    ]
)
WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "yes", "5", "30m", "5MB", "https://a.example/", "env:X", "file:y"]
    ),
)
VALUES = st.recursive(
    WORDS | st.none(),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(KEYS | WORDS, below, max_size=4)
    ),
    max_leaves=12,
)
TOPS = st.dictionaries(KEYS, VALUES, max_size=4)
SCRAPS = st.text(alphabet="ab:- \n\t#&*!|>'\"{}[],%@`?~é\x00\u202e", max_size=60)


def flow(value: object) -> str:
    """Write a value as YAML in one line, every text in double quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return ""
    escaped = "".join(f"\\U{ord(char):08x}" for char in str(value))
    return f'"{escaped}"'


def complaints_of(files: dict[str, bytes]) -> list[str]:
    """Everything wrong with these files; none if they are a Config."""
    with TemporaryDirectory() as name:
        desk = Desk(folder=Path(name), kinds={"shouting": shouting_or_not})
        for file, content in files.items():
            desk.writes(file, content)
        return desk.complaints()


def shouting_or_not(options):
    words = options.get("words")
    fine = isinstance(words, list) and all(isinstance(word, str) for word in words)
    return shouting(options) if fine else []


@settings(max_examples=80, deadline=None)
@given(service=TOPS, sources=TOPS, publications=TOPS)
def test_values_of_any_shape_are_taken_or_complained_of(service, sources, publications):
    complaints = complaints_of(
        {
            "mediawire.yaml": flow(service).encode("utf-8", "replace"),
            "sources.yaml": flow(sources).encode("utf-8", "replace"),
            "publications.yaml": flow(publications).encode("utf-8", "replace"),
        }
    )

    assert not any("\n" in complaint for complaint in complaints)


@settings(max_examples=80, deadline=None)
@given(text=SCRAPS, content=st.binary(max_size=60))
def test_scraps_of_yaml_and_bytes_are_taken_or_complained_of(text, content):
    complaints = complaints_of(
        {
            "sources.yaml": text.encode(),
            "publications.yaml": content,
            "sources.d/list.opml": b"<opml><body>" + content,
        }
    )

    assert any(complaint.startswith("sources.d/list.opml:") for complaint in complaints)
