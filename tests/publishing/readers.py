"""Publications rendered to bytes, and taken apart by libxml2."""

from builders import ANY_RIGHTS, publication, report
from lxml import etree

from aggregator.publishing import Publisher
from aggregator.publishing.margin import NOTHING

NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "cc": "http://backend.userland.com/creativeCommonsRssModule",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
}


def rendered(folder, *shown, rights=ANY_RIGHTS, also=(), margin=NOTHING, **said):
    publisher = Publisher(folder, base_url="https://wire.example")
    reports = [report(each, publication(**said), rights, also=also) for each in shown]
    return {
        representation.path.rpartition(".")[2]: representation.body
        for representation in publisher.render(publication(**said), reports, margin)
    }


def entry_of(document):
    root = etree.fromstring(document)
    return root.find("channel/item") if root.tag == "rss" else root.find("{*}entry")


def texts(element, path):
    return [found.text for found in element.findall(path, NAMESPACES)]


def attributes(element, path):
    return [dict(found.attrib) for found in element.findall(path, NAMESPACES)]
