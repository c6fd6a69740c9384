"""The one way in which lxml reads what strangers wrote: nothing expanded or looked up."""

from lxml import etree
from lxml.etree import _Element


def root_of(document: bytes, *, recover: bool, remarks: bool) -> _Element | None:
    """Return the root of a UTF-8 document, None if there is none worth a look.

    `recover` repairs what is not well-formed, `remarks` keeps comments and processing
    instructions. A document that declares entities of its own gets no look at all: a
    reference to one would stay in the tree unexpanded, and its text be missing.
    """
    if b"<!ENTITY" in document:
        return None
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=not remarks,
        remove_pis=not remarks,
    )
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return None
