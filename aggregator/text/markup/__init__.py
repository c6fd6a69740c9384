"""HTML of strangers: made harmless, read for its words, cut to excerpts.

allowed     the one list of what may remain, with reasons
characters  what XML, screens and neighbours cannot take
nesting     markup deeper than a parser can take
tame        the words of markup that needs no parser, the most of it
visible     the words of a text: the measure of "the content is not changed"
cleaning    a body → a body fit to publish, the same words, and the changes by name
plain       a title or a name → one line of text
excerpts    a text → its first words
"""

from aggregator.text.markup.characters import cap, is_sound, printable
from aggregator.text.markup.cleaning import Cleaned, clean
from aggregator.text.markup.excerpts import excerpt
from aggregator.text.markup.plain import plain
from aggregator.text.markup.visible import as_html, text_sha256, visible_text

__all__ = [
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
