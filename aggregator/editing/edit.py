"""Run the rules over articles; say what was changed or dropped, and by which rule.

In: rules as configured, articles. Out: articles. Pure: the same rules give the same
headline from the source's own headline, however often they run, so a changed rule can
be run again over what is stored.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import cast

from aggregator.editing import rules as rules_folder
from aggregator.editing.options import Options
from aggregator.editing.rules.duplicates import Duplicates
from aggregator.editing.subject import Rule, subject_of
from aggregator.model import Article, Dropped, RuleSpec

Reader = Callable[[str, Options], Rule]


@cache
def kinds() -> Mapping[str, Reader]:
    """Return every kind of rule, by the name of its file in `rules/`.

    A kind is a module with `read(id, options) -> Rule`, which reads all options and
    leaves what is wrong with them in `options.problems`.
    """
    names = [module.name for module in pkgutil.iter_modules(rules_folder.__path__)]
    return {
        name: cast(
            "Reader",
            importlib.import_module(f"{rules_folder.__name__}.{name}").read,
        )
        for name in names
    }


def complaints(kind: str, options: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what is wrong with a rule's options: (dotted path, message)."""
    written = Options(options)
    kinds()[kind]("", written)
    return written.problems


class Desk:
    """The rules of a house, ready to run."""

    def __init__(self, specs: Iterable[RuleSpec]) -> None:
        self._rules = {
            spec.id: kinds()[spec.kind](spec.id, Options(spec.options))
            for spec in specs
        }

    def duplicates(self, rule_ids: Sequence[str]) -> Duplicates:
        """Return how twins are dealt with: the first rule of that kind, or as usual."""
        rules = (self._rules[rule_id] for rule_id in rule_ids)
        chosen = (rule for rule in rules if isinstance(rule, Duplicates))
        return next(chosen, Duplicates(id="duplicates"))

    def edit(self, article: Article, rule_ids: Sequence[str]) -> Article:
        """Return the article with the headline these rules make of it, in their order.

        The rules start from the source's own headline; one that the desk wrote for this
        article alone (`override`) wins over theirs. The first rule that drops the
        article ends the run: the article comes back with `dropped` set.
        """
        subject = subject_of(article)
        applied = []
        for rule_id in rule_ids:
            verdict = self._rules[rule_id](subject)
            if isinstance(verdict, Dropped):
                return replace(article, dropped=verdict)
            if verdict.title != subject.title:
                applied.append(rule_id)
            subject = verdict
        title = article.override or subject.title
        return replace(article, title=title, rules=tuple(applied), dropped=None)
