r"""`kind: select`: keep or drop articles by their names.

    no-sport:  {kind: select, drop: {title: "(?i)football", tag: [sport, "(?i)match"]}}
    only-un:   {kind: select, keep: {url: "//news\\.un\\.org/"}}

Under `drop`, an article goes if any pattern finds something in its field. Under `keep`,
an article goes unless some pattern does. Patterns are regular expressions, searched
anywhere in the field.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from aggregator.editing.options import Options
from aggregator.editing.subject import Subject
from aggregator.model import Dropped

FIELDS: dict[str, Callable[[Subject], tuple[str, ...]]] = {
    "title": lambda subject: (subject.title, subject.source_title),
    "author": lambda subject: subject.authors,
    "tag": lambda subject: subject.tags,
    "url": lambda subject: (subject.url,),
    "language": lambda subject: (subject.language,),
    "source": lambda subject: (subject.source,),
}

Patterns = dict[str, tuple[re.Pattern[str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """Drops what `drop` finds, then what `keep` does not."""

    id: str
    drop: Patterns
    keep: Patterns

    def __call__(self, subject: Subject) -> Subject | Dropped:
        """Return the subject unchanged, or the reason why it is left out."""
        if hit := _first_hit(self.drop, subject):
            return Dropped(rule=self.id, reason=hit)
        if self.keep and not _first_hit(self.keep, subject):
            wanted = ", ".join(sorted(self.keep))
            return Dropped(rule=self.id, reason=f"nothing to keep it for in {wanted}")
        return subject


def read(rule_id: str, options: Options) -> Select:
    """Return the rule these options describe."""
    options.only({"drop", "keep"})
    return Select(
        id=rule_id,
        drop=_patterns(options.section("drop")),
        keep=_patterns(options.section("keep")),
    )


def _patterns(options: Options) -> Patterns:
    options.only(FIELDS)
    read_in = {name: options.patterns(name) for name in FIELDS}
    return {name: patterns for name, patterns in read_in.items() if patterns}


def _first_hit(patterns: Patterns, subject: Subject) -> str | None:
    for name, wanted in patterns.items():
        for value in FIELDS[name](subject):
            for pattern in wanted:
                if found := pattern.search(value):
                    return f'{name} has "{found[0]}"'
    return None
