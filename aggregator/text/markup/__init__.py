"""HTML of strangers: made harmless, read for its words, cut to excerpts.

allowed     the one list of what may remain, with reasons
characters  what XML, screens and neighbours cannot take
nesting     markup deeper than a parser can take
tame        the words of markup that needs no parser, the most of it
visible     the words of a text: the measure of "the content is not changed"
cleaning    a body → a body fit to publish, the same words, and the changes by name
oneline     a title or a name → one line of text
excerpts    a text → its first words

Loaded when first asked for: 10 ms of a round of polls in which nobody said anything.
"""

from typing import TYPE_CHECKING

from aggregator.doors import opening_late

if TYPE_CHECKING:
    from aggregator.text.markup.characters import cap, is_sound, printable
    from aggregator.text.markup.cleaning import Cleaned, clean
    from aggregator.text.markup.excerpts import GIVING_WAY, excerpt
    from aggregator.text.markup.oneline import plain
    from aggregator.text.markup.visible import as_html, text_sha256, visible_text

__all__ = [
    "GIVING_WAY",
    "Cleaned",
    "as_html",
    "cap",
    "clean",
    "excerpt",
    "is_sound",
    "plain",
    "printable",
    "text_sha256",
    "visible_text",
]

__getattr__ = opening_late(
    __name__,
    {
        "Cleaned": "cleaning",
        "as_html": "visible",
        "cap": "characters",
        "clean": "cleaning",
        "GIVING_WAY": "excerpts",
        "excerpt": "excerpts",
        "is_sound": "characters",
        "plain": "oneline",
        "printable": "characters",
        "text_sha256": "visible",
        "visible_text": "visible",
    },
)
