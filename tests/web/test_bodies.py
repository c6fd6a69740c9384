import pytest

from aggregator.web.bodies import unhurried

EASED = 'loading="lazy" decoding="async"'


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (
            '<p><img src="https://a/b" alt="x"></p>',
            f'<p><img {EASED} src="https://a/b" alt="x"></p>',
        ),
        ("<img>", f'<img {EASED} alt="Picture">'),
        ('<img title="alt " alt>', f'<img {EASED} title="alt " alt>'),
        ('<img title="x alt y">', f'<img {EASED} alt="Picture" title="x alt y">'),
        ("<p>1 &lt;img 2</p>", "<p>1 &lt;img 2</p>"),
        (
            '<video src="https://a/b"></video>',
            '<video controls preload="none" src="https://a/b"></video>',
        ),
        (
            '<audio controls="" src="x"></audio>',
            '<audio preload="none" controls="" src="x"></audio>',
        ),
        ("<imgx>", "<imgx>"),
        (
            "<pre>a</pre><table></table>",
            '<pre tabindex="0">a</pre><table tabindex="0"></table>',
        ),
    ],
)
def test_pictures_load_when_seen_films_when_started_and_what_scrolls_takes_the_focus(
    body, shown
):
    assert unhurried(body, "Picture:") == shown


def test_a_body_brings_no_second_main_part_and_no_second_first_heading():
    """HTML allows one `main`, and who hears a page looks for its one first heading."""
    sent = '<main dir="ltr"><h1 lang="en">A</h1><h2>B</h2></main>'

    assert unhurried(sent, "Picture:") == (
        '<div dir="ltr"><h1 aria-level="2" lang="en">A</h1><h2>B</h2></div>'
    )


@pytest.mark.parametrize("quote", ['"', "'"])
def test_what_looks_like_a_tag_in_an_attribute_is_left_alone(quote):
    """I1: an inserted attribute must not end the one it stands in."""
    trap = f"<p title={quote}<img src=x onerror=X()>{quote}>a</p>"

    assert unhurried(trap, "Picture:") == trap
