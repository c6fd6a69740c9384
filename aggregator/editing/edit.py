"""Run the rules over articles; say what was changed or dropped, and by which rule.

In: rules as configured, articles. Out: articles. Pure, but for a warning in the log of
an expression that takes too long: the same rules give the same headline from the
source's own headline, or from what stands in for it, however often they run, so a
changed rule can be run again over what is stored.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from aggregator.editing import rules as rules_folder
from aggregator.editing.options import Options
from aggregator.editing.patterns import listening
from aggregator.editing.rules.duplicates import Duplicates
from aggregator.editing.subject import Rule, Subject, subject_of
from aggregator.events import log
from aggregator.model import Article, Dropped, RuleSpec, Tag
from aggregator.modules import names_in

Reader = Callable[[str, Options], Rule]
# What an operator can do about it.
TOO_SLOW = "write it without a repeat inside a repeat, such as (a+)+"


@cache
def kinds() -> Mapping[str, Reader]:
    """Return every kind of rule, by the name of its file in `rules/`.

    A kind is a module with `read(id, options) -> Rule`, which reads all options and
    leaves what is wrong with them in `options.problems`, and what is likely not meant in
    `options.doubts`. MediaWireError if none is seen.
    """
    return {
        name: cast(
            "Reader",
            importlib.import_module(f"{rules_folder.__name__}.{name}").read,
        )
        for name in names_in(rules_folder.__path__)
    }


def complaints(kind: str, options: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what is wrong with a rule's options: (dotted path, message)."""
    written = Options(options)
    kinds()[kind]("", written)
    return written.problems


def doubts(kind: str, options: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what of a rule's options is likely not meant: (dotted path, message)."""
    written = Options(options)
    kinds()[kind]("", written)
    return written.doubts


class Step(Struct, frozen=True, kw_only=True):
    """What one rule made of an article: the headline before and after, tags it added.

    `dropped` is why it left the article out; nothing came after that. `unfinished` are
    its expressions that took too long on this article, and so found nothing.
    """

    rule: str
    before: str
    after: str
    tags: tuple[str, ...] = ()
    dropped: Dropped | None = None
    unfinished: tuple[str, ...] = ()


class Desk:
    """The rules of a house, ready to run."""

    def __init__(self, specs: Iterable[RuleSpec]) -> None:
        self._rules = {
            spec.id: kinds()[spec.kind](spec.id, Options(spec.options))
            for spec in specs
        }
        self._told: set[tuple[str, str]] = set()

    def duplicates(self, rule_ids: Sequence[str]) -> Duplicates:
        """Return how twins are dealt with: the first rule of that kind, or as usual."""
        rules = (self._rules[rule_id] for rule_id in rule_ids)
        chosen = (rule for rule in rules if isinstance(rule, Duplicates))
        return next(chosen, Duplicates(id="duplicates"))

    def joins_near(self) -> bool:
        """Return whether any rule joins near-duplicates."""
        rules = self._rules.values()
        return any(isinstance(rule, Duplicates) and rule.near for rule in rules)

    def reads_text(self, rule_ids: Iterable[str]) -> bool:
        """Return whether one of these rules needs the text of a body to decide."""
        rules = (self._rules[rule_id] for rule_id in rule_ids)
        return any(getattr(rule, "reads_text", False) for rule in rules)

    def leaves_out(self, rule_ids: Iterable[str]) -> bool:
        """Return whether one of these rules can leave an article out."""
        rules = (self._rules[rule_id] for rule_id in rule_ids)
        return any(getattr(rule, "leaves_out", False) for rule in rules)

    def steps(
        self, article: Article, rule_ids: Sequence[str], *, credited: str = ""
    ) -> Iterator[Step]:
        """Yield what each of these rules makes of an article, in their order.

        The rules start from the source's own headline; the first that drops the article
        ends the run. `credited` is the name its source is credited by, if not that of
        the article.
        """
        text = article.body if self.reads_text(rule_ids) else ""
        subject: Subject = subject_of(article, text, credited)
        for rule_id in rule_ids:
            with listening() as unfinished:
                verdict = self._rules[rule_id](subject)
            self._tell(article, rule_id, unfinished)
            title = subject.title
            step = Step(
                rule=rule_id, before=title, after=title, unfinished=tuple(unfinished)
            )
            if isinstance(verdict, Dropped):
                yield replace(step, dropped=verdict)
                return
            added = tuple(tag for tag in verdict.tags if tag not in subject.tags)
            yield replace(step, after=verdict.title, tags=added)
            subject = verdict

    def _tell(self, article: Article, rule_id: str, unfinished: Sequence[str]) -> None:
        """Say in the log, once for each, which expression took too long on what."""
        for pattern in unfinished:
            if (rule_id, pattern) not in self._told:
                self._told.add((rule_id, pattern))
                log.warning(
                    "pattern too slow",
                    rule=rule_id,
                    pattern=pattern,
                    article=article.id,
                    source_id=article.source_id,
                    advice="it found nothing there; " + TOO_SLOW,
                )

    def edit(
        self, article: Article, rule_ids: Sequence[str], *, credited: str = ""
    ) -> Article:
        """Return the article with the headline and tags that these rules make of it.

        A headline that the desk wrote for this article alone (`override`) wins over
        theirs. An article that is dropped comes back with `dropped` set.
        """
        steps = (
            list(self.steps(article, rule_ids, credited=credited)) if rule_ids else []
        )
        title = article.headline
        if steps:
            if steps[-1].dropped:
                return replace(article, dropped=steps[-1].dropped)
            title = steps[-1].after
        title = article.override or title
        rules = tuple(step.rule for step in steps if step.before != step.after)
        tags = tuple(Tag(term=t) for step in steps for t in step.tags)
        return replace(
            article,
            title=title,
            rules=rules,
            tags=(*article.tags, *tags),
            dropped=None,
        )
