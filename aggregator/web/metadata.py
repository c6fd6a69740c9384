"""What a page says of a report to machines, as JSON-LD.

In: a Report and its publication. Out: text for the head of the page.
Terms: schema.org NewsArticle.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from aggregator.model import INVENTED, Config, Publication, Report
from aggregator.publishing import (
    credit_line,
    credited_name,
    credited_url,
)

# Within a script element nothing may look like markup (HTML 13.2.5.4 ff).
_UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def json_ld(report: Report, publication: Publication, config: Config, url: str) -> str:
    """Return a NewsArticle as JSON that may stand in a `script` element.

    Holds no `<`, `>` or `&`, and nothing outside of ASCII.
    """
    said = json.dumps(_news_article(report, publication, config, url))
    return said.translate(_UNSAFE)


def address(url: str | None) -> str | None:
    """Return an address that may stand in a link, or None."""
    try:
        scheme = urlsplit(url or "").scheme
    except ValueError:
        return None
    if not url or url.startswith(INVENTED):
        return None
    return url if scheme in {"http", "https"} else None


def _news_article(
    report: Report, publication: Publication, config: Config, url: str
) -> dict[str, Any]:
    article = report.article
    attribution = article.attribution
    source = _organization(
        credited_name(article, publication.language), attribution.site_url
    )
    named = report.rights.holder
    holder = _organization(named, None) if named else source
    said = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": url,
        "mainEntityOfPage": url,
        "headline": report.title,
        "alternativeHeadline": report.original,
        "description": report.lead,
        "inLanguage": article.language,
        "datePublished": article.published.isoformat(),
        "dateModified": article.updated.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "image": article.image.url if article.image else None,
        "articleSection": publication.title,
        "keywords": [tag.label or tag.term for tag in article.tags],
        "isBasedOn": credited_url(article),
        "sourceOrganization": source,
        "creditText": credit_line(article, publication.credit, publication.language),
        "copyrightHolder": holder,
        "copyrightNotice": attribution.rights,
        "license": attribution.license,
        "sdPublisher": _organization(publication.title, config.base_url),
    }
    return {name: value for name, value in said.items() if value}


def _organization(name: str, url: str | None) -> dict[str, Any]:
    said = {"@type": "Organization", "name": name, "url": address(url)}
    return {name: value for name, value in said.items() if value}
