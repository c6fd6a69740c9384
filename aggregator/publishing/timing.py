"""Say whether a source allows an article to be shown at a given time.

Out: a reason for a person, or None. Asked by `showing`, before anything is made of an
article, and again by `publish`, for what is about to stand before readers.
"""

from datetime import datetime

from aggregator.model import Article, Rights


def withheld(article: Article, rights: Rights, now: datetime) -> str | None:
    """Return why an article may not be shown now; None: it may."""
    if rights.embargo and now < (lifted := article.published + rights.embargo):
        return f"its source allows it from {lifted:%Y-%m-%d %H:%M} UTC on"
    if rights.expires and now >= (ended := article.published + rights.expires):
        return f"its source allowed it until {ended:%Y-%m-%d %H:%M} UTC"
    return None
