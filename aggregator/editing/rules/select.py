r"""`kind: select`: keep or drop articles by their names, and tag them.

    no-sport:  {kind: select, drop: {title: "(?i)football", tag: [sport, "(?i)match"]}}
    only-un:   {kind: select, keep: {url: "//news\\.un\\.org/"}}
    fresh:     {kind: select, drop: {words: [horoscope, lottery], age: 30d}}
    iran:      {kind: select, if: {words: [iran, tehran]}, tags: [Iran]}

Under `drop`, an article goes if anything below it finds something. Under `keep`, an
article goes unless something does. Then `tags` are added, to all articles or to those
in which `if` finds something; later rules and readers see them.

`title`, `text`, `author`, `tag`, `url`, `language` and `source` are regular expressions,
searched anywhere in the field (`text` is what a reader sees of the body); one that takes
too long on a text finds nothing in it (`patterns`). `words` are
whole words in title or text, in capitals or not. `age` is how old an article was when
we first saw it: it finds those that were at least as old.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from aggregator.editing.options import Options
from aggregator.editing.patterns import Pattern
from aggregator.editing.subject import Subject
from aggregator.model import Dropped

FIELDS: dict[str, Callable[[Subject], tuple[str, ...]]] = {
    "title": lambda subject: (subject.title, subject.source_title),
    "text": lambda subject: (subject.text,),
    "author": lambda subject: subject.authors,
    "tag": lambda subject: subject.tags,
    "url": lambda subject: (subject.url,),
    "language": lambda subject: (subject.language,),
    "source": lambda subject: (subject.source,),
    "words": lambda subject: (subject.title, subject.source_title, subject.text),
}
READS_TEXT = frozenset({"text", "words"})


class Finder(Struct, frozen=True, kw_only=True):
    """What is looked for: patterns by field, and the least age."""

    patterns: dict[str, tuple[Pattern, ...]]
    age: timedelta | None

    def __bool__(self) -> bool:
        """Return whether anything is looked for at all."""
        return bool(self.patterns or self.age)

    @property
    def names(self) -> str:
        """Return what it looks at, for a sentence."""
        return ", ".join((*self.patterns, *(["age"] if self.age else ())))

    def hit(self, subject: Subject) -> str | None:
        """Return what was found first, as a sentence; None for nothing."""
        return next(self._hits(subject), None)

    def _hits(self, subject: Subject) -> Iterator[str]:
        for name, wanted in self.patterns.items():
            for value in FIELDS[name](subject):
                for pattern in wanted:
                    found = pattern.found_in(value)
                    if found is not None:
                        yield f'{name} has "{found}"'
        if self.age and subject.age >= self.age:
            yield f"it was {_span(subject.age)} old when we first saw it"


def _span(age: timedelta) -> str:
    """Return an age in the largest unit of which there are several."""
    for unit, each in (("days", timedelta(days=1)), ("hours", timedelta(hours=1))):
        if age >= 2 * each:
            return f"{age // each} {unit}"
    return f"{age // timedelta(minutes=1)} minutes"


class Select(Struct, frozen=True, kw_only=True):
    """Drops what `drop` finds, then what `keep` does not, then tags."""

    id: str
    drop: Finder
    keep: Finder
    only_if: Finder
    tags: tuple[str, ...]

    @property
    def reads_text(self) -> bool:
        """Return whether the verdict depends on the text of the body."""
        finders = (self.drop, self.keep, self.only_if)
        return any(READS_TEXT & finder.patterns.keys() for finder in finders)

    @property
    def leaves_out(self) -> bool:
        """Return whether any article can be left out."""
        return bool(self.drop or self.keep)

    def __call__(self, subject: Subject) -> Subject | Dropped:
        """Return the subject, with more tags if it gets any, or why it is left out."""
        if hit := self.drop.hit(subject):
            return Dropped(rule=self.id, reason=hit)
        if self.keep and not self.keep.hit(subject):
            reason = f"nothing to keep it for in {self.keep.names}"
            return Dropped(rule=self.id, reason=reason)
        if self.tags and (not self.only_if or self.only_if.hit(subject)):
            return replace(subject, tags=tuple(dict.fromkeys(subject.tags + self.tags)))
        return subject


def read(rule_id: str, options: Options) -> Select:
    """Return the rule these options describe."""
    options.only({"drop", "keep", "if", "tags"})
    rule = Select(
        id=rule_id,
        drop=_finder(options.section("drop")),
        keep=_finder(options.section("keep")),
        only_if=_finder(options.section("if")),
        tags=options.words("tags"),
    )
    if rule.only_if and not rule.tags:
        options.complain(
            "if",
            "says which articles get `tags`, and there are none; it does not limit "
            "`drop` or `keep`; write tags, or take it out",
        )
    finders = {"drop": rule.drop, "keep": rule.keep, "if": rule.only_if}
    empty = [name for name in finders if name in options and not finders[name]]
    for name in empty:
        options.doubt(
            name, f"looks for nothing; write {{title: …}}, or take {name} out"
        )
    if not (empty or rule.drop or rule.keep or rule.only_if or rule.tags):
        options.doubt(
            "", "does nothing; write drop, keep or tags, or take the rule out"
        )
    return rule


def _finder(options: Options) -> Finder:
    options.only({*FIELDS, "age"})
    read_in = {name: options.patterns(name) for name in FIELDS if name != "words"}
    read_in["words"] = tuple(map(_whole_word, options.words("words")))
    return Finder(
        patterns={name: patterns for name, patterns in read_in.items() if patterns},
        age=options.duration("age"),
    )


def _whole_word(word: str) -> Pattern:
    return Pattern(rf"(?i)(?<!\w){re.escape(word)}(?!\w)")
