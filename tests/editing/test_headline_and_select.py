"""Headlines come to house style; what is dropped is dropped for a reason."""

import pytest

from aggregator.editing import Options, Subject, kinds
from aggregator.model import Dropped


def rule(kind, **options):
    read = Options(options)
    made = kinds()[kind]("the-rule", read)
    assert read.problems == []
    return made


def subject(title="Rain in Rome", **names):
    given = {
        "source": "a",
        "url": "https://a.example/1",
        "authors": (),
        "tags": (),
        "language": "en",
    }
    return Subject(title=title, source_title=title, **(given | names))


@pytest.mark.parametrize(
    ("shouted", "quiet"),
    [
        ("MINISTERS MEET IN ROME", "Ministers meet in rome"),
        ("UN AND NATO LEADERS MEET", "UN and NATO leaders meet"),
        ("U.S. ENVOY ARRIVES", "U.S. envoy arrives"),
        ("WOMEN'S TEAM WINS", "Women's team wins"),
        ("UN'S NEW CHIEF", "UN's new chief"),
        ("ANTI-UN PROTESTS GROW", "Anti-UN protests grow"),
        ("RAIN AGAIN. SUN LATER", "Rain again. Sun later"),
        ('"WE WON" SAYS COACH', '"We won" says coach'),
        ("Ministers meet in Rome", "Ministers meet in Rome"),
        ("UN", "UN"),
        ("GDP up 3%", "GDP up 3%"),
        ("باران در تهران", "باران در تهران"),
        ("東京で会談", "東京で会談"),
    ],
)
def test_a_shouting_headline_is_brought_to_sentence_case(shouted, quiet):
    house = rule("headline", unshout="true", keep=["UN", "NATO"])

    assert house(subject(shouted)).title == quiet


def test_turkish_keeps_its_dotless_i():
    house = rule("headline", unshout="true")

    edited = house(subject("IRAK SINIRI AÇILDI İZMİR", language="tr"))

    assert edited.title == "Irak sınırı açıldı izmir"


def test_prefixes_suffixes_and_replacements_go_in_that_order():
    house = rule(
        "headline",
        strip_prefix="BREAKING: ",
        strip_suffix=[" | Example"],
        replace={"(?i)\\s*- live$": ""},
    )

    edited = house(subject("BREAKING: Rain in Rome - LIVE | Example"))

    assert edited.title == "Rain in Rome"


def test_a_headline_is_never_emptied():
    house = rule("headline", strip_suffix=["Example"], replace={".*": ""})

    assert house(subject("Example")).title == "Example"


def test_drop_names_the_field_and_what_was_found():
    no_sport = rule("select", drop={"title": "(?i)\\bfootball\\b"})

    verdict = no_sport(subject("Football tonight"))

    assert verdict == Dropped(rule="the-rule", reason='title has "Football"')
    assert no_sport(subject("Footballers")) == subject("Footballers")


def test_keep_drops_what_matches_nothing():
    only_rome = rule("select", keep={"title": "Rome", "tag": "italy"})

    assert only_rome(subject("Rain in Rome")) == subject("Rain in Rome")
    assert only_rome(subject("Rain", tags=("italy",))).title == "Rain"
    assert isinstance(only_rome(subject("Rain in Oslo")), Dropped)


@pytest.mark.parametrize(
    ("kind", "options", "path", "says"),
    [
        ("headline", {"unshuot": "true"}, "unshuot", "did you mean unshout?"),
        ("headline", {"unshout": "maybe"}, "unshout", "neither true nor false"),
        ("headline", {"keep": {"a": "b"}}, "keep", "write a list of texts"),
        ("headline", {"replace": {"(": "x"}}, "replace", "cannot be replaced"),
        ("select", {"drop": {"title": "("}}, "drop.title", "no regular expression"),
        ("select", {"drop": {"titel": "x"}}, "drop.titel", "did you mean title?"),
        ("select", {"drop": "x"}, "drop", "write a mapping"),
    ],
)
def test_what_is_wrong_with_options_is_said_with_its_path(kind, options, path, says):
    written = Options(options)

    kinds()[kind]("r", written)

    ((where, message),) = written.problems
    assert where == path
    assert says in message
