"""Where values stand in a YAML text, to the character, so that edits touch nothing else.

In: a text that can be read. Out: Spans: the characters of a value, of a key with its
value, of an entry with its dash and the comment right above it. Nothing is changed here.
"""

import re
from itertools import accumulate

import yaml
from msgspec import Struct

_COMMENT = re.compile(r"([ \t]*)#")
_REMARK = re.compile(r"(^|[ \t])#.*")  # to the end of a line
# A line of nothing but a comment, and blank lines above it.
_INNER_COMMENT = re.compile(r"(?:[ \t]*\r?\n)*([ \t]*)#[^\n]*(?:\n|\Z)")


class Span(Struct, frozen=True):
    """Characters of a text, from `start` to before `end`."""

    start: int
    end: int


class Layout:
    """A text, and the nodes of its YAML."""

    def __init__(self, text: str) -> None:
        self.text = text
        lengths = (len(line) for line in text.splitlines(keepends=True))
        self._lines = [0, *accumulate(lengths)]
        self.root = yaml.compose(text, yaml.CBaseLoader)

    def start(self, node: yaml.Node) -> int:
        """Return where a node begins."""
        return self._offset(node.start_mark)

    def end(self, node: yaml.Node) -> int:
        """Return where the last character of a node's content ends.

        A block's own mark stands after the blank lines and comments behind it.
        """
        if isinstance(node, yaml.CollectionNode) and not node.flow_style:
            children = [
                each
                for item in node.value
                for each in (item if isinstance(item, tuple) else (item,))
            ]
            return max(map(self.end, children), default=self.start(node))
        begin = self.start(node)
        return begin + len(self.text[begin : self._offset(node.end_mark)].rstrip())

    def line(self, offset: int) -> Span:
        """Return the whole line around an offset, with its line end."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset) + 1
        return Span(start, end or len(self.text))

    def lines(self, start: int, end: int) -> Span:
        """Return the whole lines from one offset to another."""
        return Span(self.line(start).start, self.line(end).end)

    def dash(self, item: yaml.Node) -> int:
        """Return where the dash of a list's entry stands; comments may be between."""
        at = self.start(item)
        while True:
            start = self.line(at).start
            said = _REMARK.sub("", self.text[start:at]).rstrip()
            if said or not start:
                return start + len(said) - 1
            at = start - 1

    def column(self, offset: int) -> int:
        """Return how many characters stand before an offset in its line."""
        return offset - self.line(offset).start

    def tail(self, item: yaml.Node, column: int) -> int:
        """Return where the lines of an entry end, whose dash stands in a column.

        Comments behind its last key that are indented more than its dash are its own:
        keys that somebody wrote out of it.
        """
        end = self.line(self.end(item)).end
        while behind := _INNER_COMMENT.match(self.text, end):
            if len(behind[1]) <= column:
                break
            end = behind.end()
        return end

    def entry(self, item: yaml.Node) -> Span:
        """Return the lines of a list's entry, with the comment right above it."""
        dash = self.dash(item)
        column = self.column(dash)
        lines = Span(self.line(dash).start, self.tail(item, column))
        start = lines.start
        while start:
            above = self.line(start - 1)
            said = _COMMENT.match(self.text, above.start)
            if said is None or len(said[1]) > column:  # the tail of the one above
                break
            start = above.start
        # Between two blank lines: one of them is enough afterwards.
        if start and self._is_blank(start - 1) and self._is_blank(lines.end):
            start = self.line(start - 1).start
        return Span(start, lines.end)

    def _is_blank(self, offset: int) -> bool:
        line = self.line(offset)
        return not self.text[line.start : line.end].strip()

    def _offset(self, mark: yaml.Mark) -> int:
        return self._lines[mark.line] + mark.column


def member(node: yaml.Node | None, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    """Return a key of a mapping and its value, or None."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((pair for pair in pairs if pair[0].value == key), None)
