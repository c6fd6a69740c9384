"""What a rule sees of an article, and what a rule is."""

from datetime import timedelta
from typing import Protocol

from msgspec import Struct

from aggregator.model import Article, Dropped
from aggregator.text import markup


class Subject(Struct, frozen=True, kw_only=True):
    """An article without its body: no rule can change a word of it.

    `title` is the headline as the rules before this one left it; `source_title` the
    source's own. `credited` is the name that its source is credited by. `tags` are the
    terms of the source's categories, of the desk and of earlier rules. `text` is the
    visible text, to be searched, and empty unless a rule reads it. `age` is how old the
    article was when we first saw it.
    """

    title: str
    source_title: str
    source: str
    url: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    language: str
    credited: str = ""
    text: str = ""
    age: timedelta = timedelta(0)


class Rule(Protocol):
    """One editorial decision. `id` is the name an operator gave it in the config."""

    @property
    def id(self) -> str:
        """Return the rule's name, as it is recorded with every article it touches."""
        ...

    def __call__(self, subject: Subject) -> Subject | Dropped:
        """Return the subject, with another title if need be, or why it is dropped."""
        ...


def subject_of(article: Article, body: str, credited: str) -> Subject:
    """Return what rules may see of an article: its source's headline, not our last.

    `body` is HTML to show the text of; `credited` the name its source is credited by
    today, if that is another one than when the article came.
    """
    return Subject(
        title=article.headline,
        source_title=article.source_title,
        source=article.source_id,
        url=article.url or "",
        authors=article.authors,
        tags=(*(tag.term for tag in article.tags), *article.desk_tags),
        language=article.language or "",
        credited=credited or article.attribution.title,
        text=markup.visible_text(body) if body else "",
        age=article.first_seen - article.published,
    )
