"""The nouns: every value that crosses a room's door. Frozen, keyword-only, no I/O.

source       Source and what it allows (Rights)
polling      one Poll: request, document, reading, outcome, what is remembered
article      Article and its Attribution
publication  Publication, Report, Representation
settings     Config: all of what an operator wrote
"""

from aggregator.model.article import (
    Article,
    Attribution,
    Dropped,
    Enclosure,
    Image,
    Known,
    Tag,
    Via,
    Withdrawn,
    content_digest,
)
from aggregator.model.polling import (
    Advice,
    Deletion,
    Document,
    FeedInfo,
    Fetched,
    FetchRequest,
    Hints,
    Moved,
    NotModified,
    Outcome,
    OutcomeKind,
    PastPoll,
    PollResult,
    Problem,
    Reading,
    SourceState,
    StateWord,
    Validators,
)
from aggregator.model.publication import (
    Also,
    Publication,
    PublicationStatus,
    Report,
    Representation,
    RuleSpec,
    Selection,
)
from aggregator.model.settings import Config, FetchLimits, HostLimits, ReadingLimits
from aggregator.model.source import (
    Auth,
    BodyMode,
    IndexPolicy,
    Pause,
    Rights,
    Source,
    Trust,
)

__all__ = [
    "Advice",
    "Also",
    "Article",
    "Attribution",
    "Auth",
    "BodyMode",
    "Config",
    "Deletion",
    "Document",
    "Dropped",
    "Enclosure",
    "FeedInfo",
    "FetchLimits",
    "FetchRequest",
    "Fetched",
    "Hints",
    "HostLimits",
    "Image",
    "IndexPolicy",
    "Known",
    "Moved",
    "NotModified",
    "Outcome",
    "OutcomeKind",
    "PastPoll",
    "Pause",
    "PollResult",
    "Problem",
    "Publication",
    "PublicationStatus",
    "Reading",
    "ReadingLimits",
    "Report",
    "Representation",
    "Rights",
    "RuleSpec",
    "Selection",
    "Source",
    "SourceState",
    "StateWord",
    "Tag",
    "Trust",
    "Validators",
    "Via",
    "Withdrawn",
    "content_digest",
]
