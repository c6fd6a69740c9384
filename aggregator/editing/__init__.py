"""The editing room: what our desk does to a headline, and what it leaves out.

In: articles, and the rules an operator wrote. Out: the same articles with another
headline, or marked as dropped with the reason. No rule can reach a body: what rules are
given (`Subject`) has none.

edit         runs the rules over articles                        → Desk, Step
subject      what a rule sees of an article, and what a rule is  → Rule, Subject
options      what an operator wrote for a rule, complaints kept  → Options
selection    whether a publication takes an article              → refusal
twins        which articles are one, carried by several sources  → families
rules/       the kinds of rules, one file each: a new one is found by itself
patterns     regular expressions of operators on texts of strangers, within a time
casing, punctuation      the house style of headlines
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
