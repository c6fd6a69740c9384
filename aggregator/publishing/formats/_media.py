"""Media RSS (the picture, the files), which Atom and RSS carry alike."""

from aggregator.model import Report
from aggregator.publishing.formats._writing import Element
from aggregator.publishing.particulars import files

MEDIUMS = frozenset({"image", "audio", "video"})


def media(report: Report) -> list[Element]:
    """Return the picture and the enclosures as Media RSS, each address once."""
    elements = []
    image = report.article.image
    if image:
        size = {"width": image.width or None, "height": image.height or None}
        credit = [Element("media:credit", image.credit)] if image.credit else []
        attributes = {"url": image.url, "medium": "image", **size}
        elements.append(Element("media:content", None, attributes, credit))
    for file in files(report):
        if image and file.url == image.url:
            continue
        medium = (file.type or "").partition("/")[0]
        attributes = {
            "url": file.url,
            "type": file.type,
            "fileSize": file.length or None,
            "medium": medium if medium in MEDIUMS else None,
        }
        elements.append(Element("media:content", None, attributes))
    return elements
