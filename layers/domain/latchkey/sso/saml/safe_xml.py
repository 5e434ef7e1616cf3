"""XML that strangers send, read so that it can do nothing: bounded, no DTD, no entities, no network, no comments.

A comment or a processing instruction changes what a reader finds in a value without breaking a signature (CVE-2017-11427 and its
kind), and no provider sends one in an assertion: a document that has one is refused.
"""

from typing import Any, Final

from lxml import etree

from latchkey.sso.saml.refusals import Refused

LARGEST: Final = 256 * 1024
"""Bytes of a response."""
MOST_ELEMENTS: Final = 4_000
_MARKS: Final = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype", b"\x00")
_IDS: Final = frozenset({"id"})

Element = Any
"""lxml's elements have no types here."""


def read(data: bytes, largest: int = LARGEST, most_elements: int = MOST_ELEMENTS, *, comments: bool = False) -> Element:
    """The root of a document; ``Refused`` ("unreadable") where it is not one that we would read.

    ``comments``: they are left out instead of refused, as a federation's metadata has some.
    """
    if not data or len(data) > largest or any(mark in data for mark in _MARKS):
        raise Refused("unreadable")
    try:
        data.decode("utf-8")
        root = etree.fromstring(data, parser(comments=comments))
    except (UnicodeDecodeError, etree.XMLSyntaxError, ValueError) as error:
        raise Refused("unreadable") from error
    about = root.getroottree().docinfo
    if about.doctype or about.internalDTD is not None or (about.encoding or "utf-8").lower() != "utf-8":
        raise Refused("unreadable")
    _nothing_hidden(root, most_elements)
    return root


def parser(*, comments: bool = False) -> Any:
    """A parser that fetches nothing, resolves nothing and mends nothing; libxml2's own limits hold, too."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        ns_clean=False,
        strip_cdata=True,
        remove_comments=comments,
        remove_pis=False,
    )


def _nothing_hidden(root: Element, most: int) -> None:
    """No comment, instruction or entity, not too many elements, and no two with the same id."""
    seen, ids = 0, set[str]()
    if root.getprevious() is not None or root.getnext() is not None:
        raise Refused("unreadable")
    for each in root.iter():
        if not isinstance(each.tag, str):
            raise Refused("unreadable")
        seen += 1
        for value in (value for name, value in each.attrib.items() if etree.QName(name).localname.lower() in _IDS):
            if value in ids:
                raise Refused("shape")
            ids.add(value)
    if seen > most:
        raise Refused("unreadable")


def text(element: Element) -> str:
    """What stands in an element that holds text alone, without white space around it; ``Refused`` if it holds elements."""
    if len(element):
        raise Refused("shape")
    return (element.text or "").strip()


def one(parent: Element, tag: str) -> Element:
    """The only child of this name; ``Refused`` if there is none or another."""
    found = parent.findall(tag)
    if len(found) != 1:
        raise Refused("shape")
    return found[0]


def at_most_one(parent: Element, tag: str) -> Element | None:
    """The only child of this name, None if there is none; ``Refused`` if there are several."""
    found = parent.findall(tag)
    if len(found) > 1:
        raise Refused("shape")
    return found[0] if found else None
