"""The publishing room: what readers receive, as files that are always whole.

In: articles, the publication that shows them, and the rights of their sources. Out:
Reports, and from them documents, each checked by a parser that did not write it before
it replaces the last good one.

report       the one place where rights are applied
credit       the one place where the credit is worded
formats/     RSS, Atom, JSON Feed: one file each, the only ones that know feedgen
particulars  what all formats say alike: authors, sections, files, origin
pieces       an entry rendered once, checked, deflated, kept
document     pieces joined to a document, plain and gzipped
check        whether a reader would find in it what was meant
files        swapped in whole, or not at all
publish      conducts all of it

feedgen is imported when a format is first used, so that commands that publish nothing
start fast.
"""

from aggregator.publishing import formats
from aggregator.publishing.credit import (
    credit_block,
    credit_line,
    credited_name,
    credited_url,
)
from aggregator.publishing.publish import Publisher
from aggregator.publishing.report import report

__all__ = [
    "Publisher",
    "credit_block",
    "credit_line",
    "credited_name",
    "credited_url",
    "formats",
    "report",
]
