"""Say whether a publication's selection takes an article, and if not, why not.

The store answers the same question for many articles by index; a test holds the two
to the same answers.
"""

from datetime import datetime

from aggregator.model import Article, Selection


def refusal(selection: Selection, article: Article, *, now: datetime) -> str | None:
    """Return why the selection does not take the article; None: it does.

    Any value within a key is enough, all keys must agree, an empty key takes all.
    """
    if selection.sources and article.source_id not in selection.sources:
        return f"source {article.source_id} is not selected"
    if selection.tags and not set(selection.tags) & set(article.desk_tags):
        return f"none of the tags {', '.join(selection.tags)}"
    if selection.languages and not speaks(article.language, selection.languages):
        return f"language {article.language or 'unknown'} is not selected"
    if selection.max_age and article.listed_at < now - selection.max_age:
        return f"listed {article.listed_at:%Y-%m-%d}, older than max_age"
    return None


def speaks(language: str | None, wanted: tuple[str, ...]) -> bool:
    """Return whether a language is one of those wanted: `en` takes `en-GB` too."""
    spoken = (language or "").lower()
    return any(
        spoken == tag.lower() or spoken.startswith(f"{tag.lower()}-") for tag in wanted
    )
