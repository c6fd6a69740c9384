"""Try a rule on what is stored, before it is let loose: nothing is written.

In: a Wire and the name of a rule in its config. Out: what it would change, tag, drop or
join, one Act for each article it would touch. Where the rule is in use, those that stand
before it run first, since it sees the headline and the tags they leave.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from aggregator.app.wire import Wire
from aggregator.editing import Desk, Duplicates, Options, Step, kinds
from aggregator.model import Article, RuleSpec


class Act(Struct, frozen=True, kw_only=True):
    """What a rule would do to one article, in a sentence, and the headline before."""

    article_id: str
    source_id: str
    title: str
    does: str


def rehearse(wire: Wire, spec: RuleSpec, *, limit: int | None) -> Iterator[Act]:
    """Yield what a rule would do to the newest stored articles, in any order."""
    rule = kinds()[spec.kind](spec.id, Options(spec.options))
    if isinstance(rule, Duplicates):
        yield from _joined(wire, rule, limit)
        return
    desk = Desk(wire.config.rules)
    bodies = desk.reads_text([spec.id]) or wire.editorial.reads_text()
    for article in wire.store.articles(limit=limit, bodies=bodies):
        name = wire.editorial.credited(article)
        done = {
            does: None
            for way in _ways(wire, article, spec.id)
            if (does := _does(list(desk.steps(article, way, credited=name)), spec.id))
        }
        for does in done:
            yield _act(article, does)


def _ways(wire: Wire, article: Article, rule_id: str) -> Iterator[tuple[str, ...]]:
    """Yield the rules up to this one, in each publication where the article meets it.

    Each way once, as most publications share theirs. Where it meets the rule nowhere,
    the rule stands alone.
    """
    used = {
        rules[: rules.index(rule_id) + 1]: None
        for publication in wire.config.publications
        if rule_id in (rules := wire.editorial.rules(article, publication))
    }
    yield from used or [(rule_id,)]


def _does(steps: Sequence[Step], rule_id: str) -> str:
    """Return what the last step does if it is this rule's, in a sentence."""
    if not steps or steps[-1].rule != rule_id:
        return ""
    step = steps[-1]
    does = []
    if step.dropped:
        does.append(f"drop: {step.dropped.reason}")
    if step.before != step.after:
        does.append(f"to: {step.after}")
    if step.tags:
        does.append(f"tag: {', '.join(step.tags)}")
    does += [f"too slow: {pattern}" for pattern in step.unfinished]
    return "; ".join(does)


def _joined(wire: Wire, rule: Duplicates, limit: int | None) -> Iterator[Act]:
    """Yield the articles that another one would stand for."""
    shown = [a for a in wire.store.articles(limit=limit) if not a.withdrawn]
    known = wire.store.twins.of(shown)
    found = wire.editorial.families(known, rule)
    for article in shown:
        chosen = rule.chosen(found[article.id])
        if chosen.id != article.id:
            yield _act(
                article, f"join: {chosen.id} of {chosen.source_id} stands for it"
            )


def _act(article: Article, does: str) -> Act:
    return Act(
        article_id=article.id,
        source_id=article.source_id,
        title=article.headline,
        does=does,
    )
