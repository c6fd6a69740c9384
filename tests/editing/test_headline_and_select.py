"""Headlines come to house style; what is dropped is dropped for a reason."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.editing import Desk, Options, Subject, kinds
from aggregator.model import Dropped, RuleSpec
from tests.builders import article


def rule(kind, **options):
    read = Options(options)
    made = kinds()[kind]("the-rule", read)
    assert read.problems == []
    assert read.doubts == []
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
        ("LEADERS MEET AT THE UN.", "Leaders meet at the UN."),
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


@pytest.mark.parametrize(
    ("language", "shouted", "quiet"),
    [
        ("en", "O'NEIL LEAVES AT FIVE O'CLOCK", "O'Neil leaves at five o'clock"),
        ("en", "McDONALD’S AND MCGREGOR MEET", "McDonald’s and McGregor meet"),
        ("en", "MPs BACK THE BILL", "MPs back the bill"),
        ("en", "HENRY VIII AND XI JINPING", "Henry VIII and xi jinping"),
        (
            "en",
            "G7 BACKS F-16 AND 5G, NOT THE 1920S",
            "G7 backs F-16 and 5G, not the 1920s",
        ),
        ("en", "WHAT I'VE SEEN AND I SAID", "What I've seen and I said"),
        ("en", "U.S.-LED TALKS IN ROME", "U.S.-led talks in rome"),
        ("en", "MINISTER: “ALL IS WELL”", "Minister: “All is well”"),
        ("es", "¿QUIÉN GANÓ? ¡NADIE!", "¿Quién ganó? ¡Nadie!"),
        ("de", "DIE REGIERUNG HAT DAS GESETZ", "Die Regierung hat das Gesetz"),
        ("de", "WARUM DIE REGIERUNG FÄLLT", "Warum die Regierung Fällt"),
        ("en", "IJAZ WINS AGAIN", "Ijaz wins again"),
        ("nl", "IJSLAND WINT. IJS SMELT", "IJsland wint. IJs smelt"),
        ("el", "ΚΑΛΟΣ ΚΑΙ ΚΑΚΟΣ", "Καλος και κακος"),
        ("ka", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ ᲒᲐᲘᲛᲐᲠᲯᲕᲐ", "საქართველო გაიმარჯვა"),
        ("tr", "ISPARTA'DA IŞIK", "Isparta'da ışık"),
        ("zh", "东京会谈 UN NATO", "东京会谈 UN NATO"),
        ("ar", "قمة NATO EU", "قمة NATO EU"),
    ],
)
def test_each_language_has_its_own_capitals(language, shouted, quiet):
    house = rule("headline", unshout="true")

    assert house(subject(shouted, language=language)).title == quiet
    assert house(subject(quiet, language=language)).title == quiet


def test_a_headline_that_shouts_stays_as_it_is_where_nobody_minds():
    house = rule("headline", untitle="true")

    assert house(subject("RAIN IN ROME TODAY")).title == "RAIN IN ROME TODAY"


def test_nouns_of_german_keep_their_capitals():
    house = rule("headline", untitle="true")
    titled = "Die Bundesregierung Hat Den Haushalt Beschlossen"

    assert house(subject(titled, language="de-AT")).title == titled


@given(
    words=st.lists(
        st.sampled_from(
            [
                "O'NEIL",
                "McDONALD",
                "MPs",
                "İZMİR",
                "ΣΟΦΟΣ",
                "G7",
                "UN'S",
                "IJ",
                "5G",
                "“A",
                "東",
                "1ª",
            ]
        ),
        max_size=7,
    ),
    language=st.sampled_from(["en", "tr", "de", "nl", "el", "ka", ""]),
    case=st.sampled_from(["sentence", "title"]),
)
def test_whatever_the_case_the_letters_are_the_same(words, language, case):
    house = rule("headline", unshout="true", untitle="true", case=case)
    title = " ".join(words)

    made = house(subject(title, language=language)).title

    assert letters(made) == letters(title)


def letters(text):
    dotless = str.maketrans({"İ": "i", "ı": "i", "I": "i"})
    return text.translate(dotless).casefold()


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
    assert only_rome(subject("Rain in Oslo")).reason == (
        "nothing to keep it for in title, tag"
    )


def test_old_articles_alone_can_be_kept():
    archive = rule("select", keep={"author": "Ada", "age": "30d"})

    assert archive(subject(age=timedelta(days=30))).title
    assert archive(subject()).reason == "nothing to keep it for in author, age"


@pytest.mark.parametrize(
    ("kind", "options", "path", "says"),
    [
        ("headline", {"unshuot": "true"}, "unshuot", "did you mean unshout?"),
        ("headline", {"unshout": "maybe"}, "unshout", "neither true nor false"),
        ("headline", {"prefix": "{sorce}: "}, "prefix", "known: {source}"),
        ("headline", {"prefix": ["a", "b"]}, "prefix", "write one text"),
        ("headline", {"keep": {"a": "b"}}, "keep", "write a list of texts"),
        ("headline", {"replace": {"(": "x"}}, "replace", "cannot be replaced"),
        ("headline", {"replace": {"a": "\\9"}}, "replace", "cannot be replaced"),
        ("headline", {"replace": {"a": "\\g<b>"}}, "replace", "cannot be replaced"),
        ("headline", {"replace": ["a"]}, "replace", "write a mapping of pattern"),
        ("headline", {"length": "1001"}, "length", "no number from 10 to 1000"),
        ("duplicates", {"near": "0.4"}, "near", "no number from 0.5 to 1"),
        ("select", {"drop": {"title": "("}}, "drop.title", "no regular expression"),
        ("select", {"drop": {"titel": "x"}}, "drop.titel", "did you mean title?"),
        ("select", {"drop": {"x": "y"}}, "drop.x", "known: age, author, language, "),
        ("select", {"drop": "x"}, "drop", "write a mapping"),
        ("select", {"drop": {"title": ""}}, "drop.title", "holds an empty text"),
        ("select", {"keep": {"tag": ["x", ""]}}, "keep.tag", "holds an empty text"),
        ("select", {"drop": {"words": [""]}}, "drop.words", "holds an empty text"),
        ("select", {"drop": {"url": "x"}, "if": {"url": "y"}}, "if", "write tags"),
        ("headline", {"replace": {"": "x"}}, "replace", "holds an empty text"),
        ("headline", {"strip_suffix": ""}, "strip_suffix", "holds an empty text"),
        ("headline", {"languages": ["english"]}, "languages", "no language tag"),
    ],
)
def test_what_is_wrong_with_options_is_said_with_its_path(kind, options, path, says):
    written = Options(options)

    kinds()[kind]("r", written)

    ((where, message),) = written.problems
    assert where == path
    assert says in message


@pytest.mark.parametrize(
    ("kind", "options", "path", "says"),
    [
        ("select", {}, "", "does nothing"),
        ("select", {"tags": []}, "", "does nothing"),
        ("select", {"drop": {}}, "drop", "looks for nothing"),
        ("select", {"if": {"words": []}, "tags": ["x"]}, "if", "looks for nothing"),
        ("headline", {}, "", "changes no headline"),
        ("headline", {"unshout": "no", "keep": ["UN"]}, "", "changes no headline"),
        ("headline", {"languages": ["en"], "case": "title"}, "", "changes no headline"),
        ("headline", {"dashes": "en", "keep": ["UN"]}, "keep", "unshout or untitle"),
        ("headline", {"dashes": "en", "case": "title"}, "case", "unshout or untitle"),
    ],
)
def test_what_has_no_effect_is_doubted_with_its_path(kind, options, path, says):
    written = Options(options)

    kinds()[kind]("r", written)

    ((where, message),) = written.doubts
    assert where == path
    assert says in message
    assert written.problems == []


@pytest.mark.parametrize(
    ("titled", "quiet"),
    [
        ("Leaders Gather In Geneva For Talks", "Leaders gather in geneva for talks"),
        ("NATO Leaders Gather In Geneva", "NATO leaders gather in Geneva"),
        ("Apple Shows Another iPhone Model", "Apple shows another iPhone model"),
        ("Leaders gather in Geneva", "Leaders gather in Geneva"),
        ("Leaders Gather In Geneva", "Leaders gather in geneva"),
        ("Rain In Rome", "Rain In Rome"),
        ("Rain Over Rome Today", "Rain over rome today"),
        ("Rain On An Old Roof", "Rain On An Old Roof"),
        ("Leaders Gather In Geneva 東京", "Leaders Gather In Geneva 東京"),
        ("باران در تهران و شیراز", "باران در تهران و شیراز"),
    ],
)
def test_title_case_of_everything_comes_to_sentence_case(titled, quiet):
    keep = ["Geneva"] if "NATO" in titled else []
    house = rule("headline", untitle="true", keep=keep)

    assert house(subject(titled)).title == quiet


@pytest.mark.parametrize(
    ("shouted", "titled"),
    [
        ("THE LORD OF THE RINGS", "The Lord of the Rings"),
        ("WOMEN'S TEAM WINS ANTI-DOPING CASE", "Women's Team Wins Anti-Doping Case"),
        ("UN TO MEET IN ROME", "UN to Meet in Rome"),
        ("21ST ROME RACE ENDS AT 6PM", "21st Rome Race Ends at 6pm"),
        ("£5BN FOR THE MID-1980S IN 3D", "£5bn for the Mid-1980s in 3D"),
        ("COVID-19'S END", "Covid-19's End"),
        ("BREAK-IN AT STATE-OF-THE-ART LAB", "Break-In at State-of-the-Art Lab"),
        ("WHAT THE UN STANDS FOR", "What the UN Stands For"),
    ],
)
def test_title_case_can_be_the_chosen_one(shouted, titled):
    house = rule("headline", unshout="true", case="title", keep=["UN"])

    assert house(subject(shouted)).title == titled


@pytest.mark.parametrize(
    ("language", "plain", "typographic"),
    [
        ("en", '"We won" - coach\'s words', "“We won” – coach’s words"),
        ("en", "He said 'no' in '68", "He said ‘no’ in ’68"),
        ("de-AT", '"Ja" -- sagt sie', "„Ja“ – sagt sie"),
        ("fa", '"بله" گفت', "«بله» گفت"),
        ("en", '5" of rain', '5" of rain'),
        ("en", "well-known state-of-the-art", "well-known state-of-the-art"),
    ],
)
def test_quotes_and_dashes_are_those_of_the_language(language, plain, typographic):
    house = rule("headline", quotes="typographic", dashes="en")

    assert house(subject(plain, language=language)).title == typographic


def test_quotes_can_be_as_plain_as_can_be():
    house = rule("headline", quotes="straight")

    assert house(subject("„Ja“ and ‘no’")).title == "\"Ja\" and 'no'"


def test_what_a_rule_cuts_or_writes_leaves_one_line_with_single_blanks():
    """A text in YAML may end in a line break, and a pattern leave blanks on both sides."""
    house = rule(
        "headline",
        cut=[r"\(video\)"],
        replace={"^Live$": "On\nair\u2028now"},
        prefix="Wire:\n",
    )

    assert house(subject("Rome (video) burns")).title == "Wire: Rome burns"
    assert house(subject("Live")).title == "Wire: On air now"
    assert house(subject("Prix\u00a0: 5\u00a0€")).title == "Wire: Prix\u00a0: 5\u00a0€"


def test_prefixes_go_by_pattern():
    house = rule("headline", cut=[r"^UPDATE \d+-", r"\s*\(video\)$"])

    assert house(subject("UPDATE 2-Oil rises (video)")).title == "Oil rises"


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("Ministers meet in Rome, again", "Ministers meet in…"),
        ("Ministers meet Rome again", "Ministers meet Rome…"),
        ("Ministers meet Romeo", "Ministers meet Romeo"),
        ("Ministers", "Ministers"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffah…"),
        ("Die Donaudampfschifffahrtsgesellschaft", "Die Donaudampfschif…"),
        ("Minister Donaudampfschifffahrt", "Minister Donaudampf…"),
    ],
)
def test_a_long_headline_is_cut_at_a_word(long, short):
    house = rule("headline", length="20")

    assert house(subject(long)).title == short
    assert len(short) <= 20


@pytest.mark.parametrize(
    "options",
    [{"length": "20"}, {"cut": ["\u2069$"]}, {"strip_suffix": ["\u2069"]}],
    ids=["length", "cut", "suffix"],
)
def test_a_headline_closes_every_direction_that_it_opens(options):
    """I10: what stands behind it in a list would run the other way."""
    isolated = "Live: \u2067סיפור ארוך מאוד על מזג האוויר\u2069"
    house = rule("headline", **options)

    title = house(subject(isolated)).title

    assert title.count("\u2067") == title.count("\u2069") == 1
    assert len(title) <= (20 if "length" in options else len(isolated))


def test_no_letter_is_cut_in_two():
    house = rule("headline", length="20")

    title = house(subject("\U0001f468\u200d\U0001f469\u200d\U0001f467" * 9)).title

    assert title == "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 3 + "…"


def test_a_style_can_be_for_some_languages_only():
    house = rule("headline", unshout="true", languages=["en"])

    assert house(subject("RAIN IN ROME", language="en-GB")).title == "Rain in rome"
    assert house(subject("REGEN IN ROM", language="de")).title == "REGEN IN ROM"


def test_whole_words_are_found_in_headline_and_text():
    no_sport = rule("select", drop={"words": ["football"]})

    dropped = no_sport(subject("Nothing", text="They played Football."))
    assert dropped.reason == 'words has "Football"'
    assert no_sport(subject("Footballers")).title == "Footballers"


@pytest.mark.parametrize(
    ("age", "told"),
    [
        ({"days": 31, "hours": 5}, "31 days"),
        ({"days": 2}, "2 days"),
        ({"hours": 47, "minutes": 59}, "47 hours"),
        ({"minutes": 119}, "119 minutes"),
    ],
)
def test_the_age_for_which_an_article_goes_is_told_in_a_unit_that_shows_it(age, told):
    fresh = rule("select", drop={"age": "1h"})

    gone = fresh(subject(age=timedelta(**age)))

    assert gone.reason == f"it was {told} old when we first saw it"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("30m", 1800), ("6h", 21_600), ("7d", 604_800)],
)
def test_a_span_of_time_is_written_in_one_unit(written, seconds):
    span = timedelta(seconds=seconds)
    fresh = rule("select", drop={"age": written})

    assert fresh(subject(age=span - timedelta(seconds=1))).title
    assert isinstance(fresh(subject(age=span)), Dropped)


def test_what_was_old_when_it_came_is_found():
    fresh = rule("select", drop={"age": "30d"})

    assert fresh(subject(age=timedelta(days=29))).title
    assert isinstance(fresh(subject(age=timedelta(days=30))), Dropped)


def test_tags_are_added_where_something_is_found():
    iran = rule("select", tags=["Iran"], **{"if": {"words": ["tehran"]}})

    assert iran(subject("Rain in Tehran", tags=("world",))).tags == ("world", "Iran")
    assert iran(subject("Rain in Rome", tags=("world",))).tags == ("world",)
    assert iran(subject("Rain in Tehran", tags=("Iran",))).tags == ("Iran",)


def test_an_option_that_makes_no_sense_is_complained_of():
    written = Options({"case": "camel", "length": "3", "quotes": "x", "dashes": "y"})
    kinds()["headline"]("r", written)
    other = Options({"drop": {"age": "soon"}})
    kinds()["select"]("r", other)

    assert [path for path, _ in written.problems] == [
        "length",
        "case",
        "quotes",
        "dashes",
    ]
    assert [path for path, _ in other.problems] == ["drop.age"]


def test_a_rule_sees_the_tags_that_earlier_ones_added_and_no_later_ones():
    mark = {"if": {"title": "Storm"}, "tags": ["weather"]}
    desk = Desk(
        (
            RuleSpec(id="mark", kind="select", options=mark),
            RuleSpec(id="dry", kind="select", options={"drop": {"tag": "^weather$"}}),
        )
    )
    storm = article(title="Storm")

    assert desk.edit(storm, ["mark", "dry"]).dropped.rule == "dry"
    assert desk.edit(storm, ["dry", "mark"]).dropped is None


def test_a_changed_headline_names_the_rules_that_changed_it():
    desk = Desk(
        (
            RuleSpec(id="idle", kind="headline", options={"strip_prefix": "LIVE: "}),
            RuleSpec(id="quiet", kind="headline", options={"unshout": "true"}),
            RuleSpec(id="mark", kind="select", options={"tags": ["weather"]}),
        )
    )

    edited = desk.edit(article(title="RAIN IN ROME"), ["idle", "quiet", "mark"])

    assert (edited.title, edited.rules) == ("Rain in rome", ("quiet",))
    assert edited.source_title == "RAIN IN ROME"


@pytest.mark.parametrize(
    ("options", "title", "marked"),
    [
        ({}, "Rain in Rome", "Il Corriere: Rain in Rome"),
        ({}, "Il Corriere: Rain in Rome", "Il Corriere: Rain in Rome"),
        ({"unshout": "true"}, "RAIN COMES TO ROME", "Il Corriere: Rain comes to rome"),
        ({"length": "20"}, "Rain in Rome and Milan", "Il Corriere: Rain…"),
        ({"languages": ["fa"]}, "Rain in Rome", "Rain in Rome"),
        ({"prefix": "[X] "}, "Rain in Rome", "[X] Rain in Rome"),
    ],
)
def test_a_headline_can_say_where_it_came_from(options, title, marked):
    house = rule("headline", **({"prefix": "{source}: "} | options))

    assert house(subject(title, credited="Il Corriere")).title == marked
