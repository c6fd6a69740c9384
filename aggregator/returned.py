"""Tell reports that were pruned, and that their source serves again, from new ones.

In: what a document changes, the keys of pruned articles and when those were listed. Out:
the same without what was here before. A site that is rebuilt, or lists its archive
again, must not put last year's reports on top of today's.

An id alone proves little, for some sources use theirs again. A report that says when it
is from was pruned if one of its keys was, and it is no younger than what was pruned with
it; one that does not, if its headline and text were, or several of its keys.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from aggregator.identity import Reconciled
from aggregator.model import Article

# What was listed when it came may say that it is from some hours later.
SLACK = timedelta(days=1)


def worth_asking(new: Sequence[Article], *, now: datetime) -> list[Article]:
    """Return those that may have been pruned, for which the store must be asked.

    Most new reports are of today.
    """
    return [each for each in new if each.dated is None or each.dated < now - SLACK]


def without_returned(changes: Reconciled, pruned: Mapping[str, datetime]) -> Reconciled:
    """Return the same without the new articles that were here before.

    `pruned` is when articles were listed, by their keys. The document goes on to list
    them, so that nobody looks at them again.
    """
    new = tuple(each for each in changes.new if not _was_pruned(each, pruned))
    count = len(changes.new) - len(new)
    if not count:
        return changes
    note = f"{count} entries left out: they were here before, and were pruned"
    return replace(changes, new=new, notes=(*changes.notes, note))


def _was_pruned(article: Article, pruned: Mapping[str, datetime]) -> bool:
    held = [key for key in article.keys if key in pruned]
    if held and article.dated:
        return article.dated <= max(pruned[key] for key in held) + SLACK
    return len(held) > 1 or any(key.startswith("text:") for key in held)
