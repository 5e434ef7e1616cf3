"""A QR code on a page: SVG inside the page, so nothing is fetched, and its text is in no address, log or cache."""

from dataclasses import dataclass

from markupsafe import Markup, escape

QUIET = 4
"""Modules of white that must surround a symbol."""


def qr(text: str, title: str) -> Markup:
    """A picture of ``text`` as an element to put into a page; ``title`` is what a screen reader says instead.

    Its size is the stylesheet's (class ``qr``). segno is loaded here, by the few pages that show a code: 30 ms the first time,
    4 ms for each symbol.
    """
    import segno

    symbol = segno.make(text, error="m", micro=False)
    drawn = symbol.svg_inline(border=QUIET, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup('<div role="img" aria-label="{}">{}</div>').format(escape(title), Markup(drawn))  # noqa: S704 - segno's own SVG


@dataclass(frozen=True, slots=True)
class Files:
    """The addresses of a code as files to download, a PNG for documents and an SVG for print; nothing is fetched for them."""

    png: str
    svg: str


def qr_files(text: str) -> Files:
    """The code of a text as files."""
    import segno

    symbol = segno.make(text, error="m", micro=False)
    return Files(symbol.png_data_uri(scale=12, border=QUIET), symbol.svg_data_uri(scale=4, border=QUIET))
