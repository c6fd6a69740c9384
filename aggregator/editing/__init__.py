"""The editing room: what our desk does to a headline, and what it leaves out.

In: articles, and the rules an operator wrote. Out: the same articles with another
headline, or marked as dropped with the reason. No rule can reach a body: what rules are
given (`Subject`) has none. A new kind of rule is one file in `rules/`.
"""

from aggregator.editing.edit import TOO_SLOW, Desk, Step, complaints, doubts, kinds
from aggregator.editing.options import Options
from aggregator.editing.rules.duplicates import Duplicates
from aggregator.editing.selection import refusal
from aggregator.editing.subject import Rule, Subject
from aggregator.editing.twins import families

__all__ = [
    "TOO_SLOW",
    "Desk",
    "Duplicates",
    "Options",
    "Rule",
    "Step",
    "Subject",
    "complaints",
    "doubts",
    "families",
    "kinds",
    "refusal",
]
