"""The keys of sources.yaml and publications.yaml, and how a key is described.

These classes, and those of `service`, are the one place where a key is described: they
validate, they make the JSON Schema for editors (`config schema`) and the reference in the
README. Defaults are those of `aggregator.model`. What is written is told from what is
default by pydantic's `model_fields_set`, which `fold` goes by.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from aggregator import model
from aggregator.config.fields import (
    BodyMode,
    Count,
    Duration,
    FeedAddress,
    Flag,
    HeaderName,
    HeaderValue,
    Id,
    IndexPolicy,
    Language,
    Line,
    Moment,
    PublicAddress,
    Secret,
    Text,
    Timezone,
)

_RIGHTS = model.Rights()


# -- sources.yaml and sources.d


class RightsKeys(BaseModel, extra="forbid", frozen=True):
    """What a source allows us to show, and whose it is."""

    holder: Line | None = Field(default=None, description="Who holds the rights.")
    notice: Text | None = Field(
        default=None, description="The notice to show with each report."
    )
    license: PublicAddress | None = Field(
        default=None, description="The address of the licence."
    )
    body: BodyMode = Field(
        default=_RIGHTS.body,
        description="How much may be shown: full, excerpt or headline. A publication "
        "can show less, never more.",
    )
    words: Count | None = Field(
        default=None, description="The length of an excerpt (50)."
    )
    images: Flag = Field(
        default=_RIGHTS.images, description="Whether pictures may be shown."
    )
    index: IndexPolicy = Field(
        default=_RIGHTS.index,
        description="What pages tell search engines: noindex, canonical or index.",
    )
    embargo: Duration | None = Field(
        default=None, description="How long after its date a report may not be shown."
    )
    expires: Duration | None = Field(
        default=None,
        description="How long after its date a report may be shown; with it, it stands "
        "in no archived month.",
    )


class TrustKeys(BaseModel, extra="forbid", frozen=True):
    """Which of a source's own statements are believed."""

    ids: Flag = Field(
        default=True, description="Its ids name the same report for ever."
    )
    dates: Flag = Field(default=True, description="Its dates say when it published.")
    authors: Flag = Field(default=True, description="Its authors wrote the reports.")


class AuthKeys(BaseModel, extra="forbid", frozen=True):
    """Basic credentials (RFC 7617)."""

    username: Secret = Field(description="May be env:NAME or file:PATH.")
    password: Secret = Field(description="May be env:NAME or file:PATH.")


class PausedKeys(BaseModel, extra="forbid", frozen=True):
    """A pause of one source."""

    until: Moment | None = Field(
        default=None, description="When it ends; without: when taken out."
    )
    why: Text = Field(
        default="", description="The reason, for status and the next editor."
    )


# What defaults, groups and sources have in common, word for word.
Interval = Annotated[
    Duration, Field(description="The shortest time between two polls.")
]
Tags = Annotated[
    tuple[Line, ...], Field(description="Words that publications select by.")
]
RightsOf = Annotated[
    RightsKeys, Field(description="What may be shown, and whose it is.")
]
LanguageOf = Annotated[
    Language | None,
    Field(
        description="Of reports that name none: en, fa, pt-BR. It goes before what "
        "their feed says of itself, also where `defaults` or a group says it."
    ),
]
TimezoneOf = Annotated[
    Timezone | None, Field(description="Of dates that name none: Asia/Tehran.")
]
Headers = Annotated[
    dict[HeaderName, HeaderValue],
    Field(description="Further request headers; values may be env:NAME or file:PATH."),
]
AuthOf = Annotated[AuthKeys | None, Field(description="Basic credentials.")]
VerifyTls = Annotated[Flag, Field(description="Whether certificates are checked.")]
TrustOf = Annotated[
    TrustKeys, Field(description="Which of its own statements are believed.")
]
Rules = Annotated[
    tuple[Id, ...], Field(description="Rules of publications.yaml, in their order.")
]
_INTERVAL = timedelta(hours=1)


class SharedKeys(BaseModel, extra="forbid", frozen=True):
    """What defaults and groups may say for many sources."""

    interval: Interval = _INTERVAL
    tags: Tags = ()
    rights: RightsOf = RightsKeys()
    language: LanguageOf = None
    timezone: TimezoneOf = None
    headers: Headers = {}
    auth: AuthOf = None
    verify_tls: VerifyTls = True
    trust: TrustOf = TrustKeys()
    rules: Rules = ()


class SourceKeys(BaseModel, extra="forbid", frozen=True):
    """One source."""

    id: Id = Field(
        description="Stands in addresses and article ids, so it never changes."
    )
    url: FeedAddress = Field(
        description="The feed: http, https or file (relative to this folder). "
        "May be env:NAME, which keeps it out of this file; readers see all of it but "
        "credentials."
    )
    title: Line | None = Field(
        default=None, description="How it is credited; without: the feed's own title."
    )
    site: PublicAddress | None = Field(
        default=None, description="Its home page; without: what the feed says."
    )
    group: Id | None = Field(
        default=None, description="The group whose keys it takes over."
    )
    paused: PausedKeys | None = Field(default=None, description="Not polled for now.")
    interval: Interval = _INTERVAL
    tags: Tags = ()
    rights: RightsOf = RightsKeys()
    language: LanguageOf = None
    timezone: TimezoneOf = None
    headers: Headers = {}
    auth: AuthOf = None
    verify_tls: VerifyTls = True
    trust: TrustOf = TrustKeys()
    rules: Rules = ()


class SourcesFile(BaseModel, extra="forbid", frozen=True, title="sources.yaml"):
    """What is polled. Files in sources.d hold more of the same."""

    defaults: SharedKeys = Field(
        default=SharedKeys(), description="For every source that says nothing else."
    )
    groups: dict[Id, SharedKeys] = Field(
        default={},
        description="For the sources that name the group; over the defaults.",
    )
    sources: tuple[SourceKeys, ...] = Field(default=(), description="One entry a feed.")


# -- publications.yaml


class SelectKeys(BaseModel, extra="forbid", frozen=True):
    """Which articles: any value within a key, all keys together."""

    sources: tuple[Id, ...] = Field(default=(), description="Ids of sources.")
    tags: tuple[Line, ...] = Field(default=(), description="Tags of sources.")
    languages: tuple[Language, ...] = Field(
        default=(), description="en takes en-GB too."
    )
    max_age: Duration | None = Field(
        default=None, description="Nothing listed longer ago."
    )


class PublicationKeys(BaseModel, extra="forbid", frozen=True):
    """A combined feed that is offered."""

    id: Id = Field(description="Stands in its address: feeds/ID.rss, .atom, .json.")
    title: Line | None = Field(default=None, description="Its name; without: the id.")
    description: Text = Field(default="", description="What it is, for readers.")
    disclaimer: Text = Field(
        default="", description="Shown with every feed and page of it."
    )
    language: Language | None = Field(
        default=None,
        description="Of the publication itself, and of our own words in it.",
    )
    select: SelectKeys = Field(
        default=SelectKeys(), description="Which articles; all without."
    )
    rules: Rules = ()
    limit: Count = Field(default=100, description="Entries in the live document.")
    body: BodyMode = Field(
        default="full",
        description="How much is shown; rights may lower it, never raise it.",
    )
    formats: tuple[Id, ...] = Field(
        default=model.Publication(id="", title="").formats,
        min_length=1,
        description="The formats it is written in.",
    )
    credit: Line = Field(
        default="Source", description="The word before the name under each report."
    )
    image: PublicAddress | None = Field(
        default=None,
        description="The address of a picture that stands for it: PNG, JPEG or GIF.",
    )


class RuleKeys(BaseModel, extra="allow", frozen=True):
    """An editorial rule; the further keys are those of its kind."""

    kind: Id = Field(description="The kind of rule: headline, select, …")


class PublicationsFile(
    BaseModel, extra="forbid", frozen=True, title="publications.yaml"
):
    """What is offered, and the rules."""

    publications: tuple[PublicationKeys, ...] = Field(
        default=(), description="One entry a combined feed."
    )
    rules: dict[Id, RuleKeys] = Field(
        default={}, description="Editorial rules by their id."
    )
