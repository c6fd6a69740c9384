"""What a rule sees of an article, and what a rule is."""

from dataclasses import dataclass
from typing import Protocol

from aggregator.model import Article, Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An article without its body: rules decide on names and headlines only.

    `title` is the headline as the rules before this one left it; `source_title` the
    source's own. `tags` are the terms of the source's categories and of the desk.
    """

    title: str
    source_title: str
    source: str
    url: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    language: str


class Rule(Protocol):
    """One editorial decision. `id` is the name an operator gave it in the config."""

    @property
    def id(self) -> str:
        """Return the rule's name, as it is recorded with every article it touches."""
        ...

    def __call__(self, subject: Subject) -> Subject | Dropped:
        """Return the subject, with another title if need be, or why it is dropped."""
        ...


def subject_of(article: Article) -> Subject:
    """Return what rules may see of an article: its source's headline, not our last."""
    return Subject(
        title=article.source_title or article.title,
        source_title=article.source_title,
        source=article.source_id,
        url=article.url or "",
        authors=article.authors,
        tags=(*(tag.term for tag in article.tags), *article.desk_tags),
        language=article.language or "",
    )
