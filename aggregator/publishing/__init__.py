"""The publishing room: what readers receive, as files that are always whole.

In: articles, the publication that shows them, and the rights of their sources. Out:
Reports, and from them documents, each checked by a parser that did not write it before
it replaces the last good one.

showing      the one place where rights are applied
credit       the one place where the credit is worded
formats/     RSS, Atom, JSON Feed: one file each, the only ones that know feedgen
particulars  what all formats say alike: authors, sections, files, origin
pieces       an entry rendered once, checked, deflated, kept
document     pieces joined to a document, plain and gzipped
timing       whether a source allows an article at this time
check        whether a reader would find in it what was meant
terms        whether a finished entry keeps to the rights of its source
essentials   what a reader must find of an entry
gzipped      a document compressed from pieces that are compressed already
files        swapped in whole, or not at all
margin       what stands beside the entries: what was taken back, where older ones are
publish      conducts all of it
archives     the months of a publication
volume       a month put together from what stands on disk and what is new
slips        what an entry of it depends on
collating    its entries in order, plain and deflated, as ranges of files
bound        the parts of its files
index        what stands in them, line by line
comparing    what is found in a month with what stands in it, in step
hours        the times in which nothing changed since it was written
loose        what stands in them where that is lost
ranges       ranges of files, which are never held in memory
proving      whether what stands on disk is what the store makes of it

What is behind this door is imported when it is first asked for, and feedgen when a
format is first used, so that commands that publish nothing start fast.
"""

from typing import TYPE_CHECKING

from aggregator.doors import opening_late

if TYPE_CHECKING:
    from aggregator.publishing import formats
    from aggregator.publishing.archives import Archives
    from aggregator.publishing.comparing import Marked, Missing
    from aggregator.publishing.credit import (
        credit_block,
        credit_line,
        credited_name,
        credited_url,
        showable,
    )
    from aggregator.publishing.files import standing, touched
    from aggregator.publishing.hours import Calm, Hours, calm
    from aggregator.publishing.index import Stretch, place_of
    from aggregator.publishing.margin import Margin, Tombstone
    from aggregator.publishing.proving import differences, left_standing, unpaired
    from aggregator.publishing.publish import Publisher
    from aggregator.publishing.showing import report
    from aggregator.publishing.slips import Slip, slip
    from aggregator.publishing.timing import withheld
    from aggregator.publishing.volume import Volume

__all__ = [
    "Archives",
    "Calm",
    "Hours",
    "Margin",
    "Marked",
    "Missing",
    "Publisher",
    "Slip",
    "Stretch",
    "Tombstone",
    "Volume",
    "calm",
    "credit_block",
    "credit_line",
    "credited_name",
    "credited_url",
    "differences",
    "formats",
    "left_standing",
    "place_of",
    "report",
    "showable",
    "slip",
    "standing",
    "touched",
    "unpaired",
    "withheld",
]

__getattr__ = opening_late(
    __name__,
    {
        "Archives": "archives",
        "Calm": "hours",
        "Hours": "hours",
        "calm": "hours",
        "Margin": "margin",
        "Publisher": "publish",
        "Marked": "comparing",
        "Missing": "comparing",
        "Slip": "slips",
        "Stretch": "index",
        "Tombstone": "margin",
        "Volume": "volume",
        "credit_block": "credit",
        "credit_line": "credit",
        "credited_name": "credit",
        "credited_url": "credit",
        "showable": "credit",
        "differences": "proving",
        "left_standing": "proving",
        "unpaired": "proving",
        "place_of": "index",
        "report": "showing",
        "slip": "slips",
        "withheld": "timing",
        "standing": "files",
        "touched": "files",
    },
)
