"""What a server repeats of a source's secrets is told to nobody, however it is spelled."""

import pytest

from aggregator.discretion import discreet
from aggregator.model import Auth, Source

SOURCE = Source(
    id="a",
    url="https://desk:s%C3%A9same%2Fopen@a.example/feed?token=ab%2Fcd+ef&language=en",
    headers=(
        ("Authorization", "Bearer b34r3r"),
        ("Cookie", "sid=c00k13; theme=dark"),
        ("Accept", "application/xml"),
    ),
)


@pytest.mark.parametrize(
    ("quoted", "told"),
    [
        ("no ab%2Fcd+ef here", "no *** here"),
        ("no ab/cd ef here", "no *** here"),
        ("no ab/cd+ef here", "no *** here"),
        ("no ab%2fcd%20ef here", "no *** here"),
        ("no ab%252Fcd%2Bef here", "no *** here"),
        ("no AB/CD EF here", "no *** here"),
        ('"no ab\\/cd ef"', '"no ***"'),
        ("no ab&#47;cd ef here", "no *** here"),
        ("no ab&#x2F;cd ef here", "no *** here"),
        ("https://a.example/moved/ab%2fcd+ef/feed", "https://a.example/moved/***/feed"),
        ('{"no": "s\\u00E9same/open"}', '{"no": "***"}'),
        ("no s%c3%a9same%2fopen", "no ***"),
        ("no Basic ZGVzazpzw6lzYW1lL29wZW4=", "no Basic ***="),
        ("invalid token b34r3r", "invalid token ***"),
        ("invalid session c00k13!", "invalid session ***!"),
        ("cut off: ab%2Fcd+", "cut off: ***"),
        ("cut off: s%C3%A9same%2", "cut off: ***"),
        ("ab/cd, ef, language=en, theme", "ab/cd, ef, language=en, theme"),
    ],
)
def test_a_secret_that_a_server_repeats_is_not_told(quoted, told):
    """A5: neither string in any exception text."""
    assert discreet(quoted, SOURCE) == told


def test_a_password_goes_in_the_form_in_which_it_is_sent():
    source = Source(
        id="a",
        url="https://a.example/feed",
        auth=Auth(username="desk", password="open-sesame"),
    )

    told = discreet("no open-sesame, no ZGVzazpvcGVuLXNlc2FtZQ==", source)

    assert told == "no ***, no ***=="


def test_a_secret_that_is_no_text_is_no_fault():
    """An environment may hold any bytes."""
    source = Source(
        id="a", url="https://a.example/", headers=(("Key", "k\udce9y-123"),)
    )

    assert discreet("no k\udce9y-123", source) == "no ***"
