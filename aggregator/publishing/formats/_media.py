"""Media RSS (the picture, the files), which Atom and RSS carry alike."""

from aggregator.model import Enclosure, Report
from aggregator.publishing.formats._writing import Element
from aggregator.publishing.particulars import files

MEDIUMS = frozenset({"image", "audio", "video"})
NO_FILE = Enclosure(url="")


def media(report: Report) -> list[Element]:
    """Return the picture and the enclosures as Media RSS, each address once.

    Of a picture that is enclosed, too, what is known of the file is said as well.
    """
    elements = []
    image, enclosed = report.article.image, files(report)
    if image:
        same = next((file for file in enclosed if file.url == image.url), NO_FILE)
        attributes = {
            "url": image.url,
            "type": image.type or same.type,
            "fileSize": same.length or None,
            "medium": "image",
            "width": image.width or None,
            "height": image.height or None,
        }
        words = [*_titled(same.title), *_credited(image.credit)]
        elements.append(Element("media:content", None, attributes, words))
    for file in enclosed:
        if image and file.url == image.url:
            continue
        medium = (file.type or "").partition("/")[0]
        attributes = {
            "url": file.url,
            "type": file.type,
            "fileSize": file.length or None,
            "medium": medium if medium in MEDIUMS else None,
            "duration": file.duration or None,
        }
        words = [*_titled(file.title), *_credited(file.credit)]
        elements.append(Element("media:content", None, attributes, words))
    return elements


def _titled(title: str | None) -> list[Element]:
    return [Element("media:title", title)] if title else []


def _credited(credit: str | None) -> list[Element]:
    return [Element("media:credit", credit)] if credit else []
