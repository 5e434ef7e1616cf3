"""The few files that pages need; CloudFront and browsers keep them."""

from latchkey.errors import NotFound
from latchkey.schools.find_school import the_school
from portal.guide import FOLDER as GUIDE
from portal.system import system
from web.answer import Answer
from web.assets import Asset, asset_file, picture_file
from web.colours import colours_file
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_NOW = "public, max-age=60"


@routes.on("GET", "/assets/{name}")
def asset(request: Request, name: str) -> Answer:
    """One of the files in ``web/assets``; under its fingerprint it never changes."""
    return _kept(request, asset_file(name) or colours_file(name))


@routes.on("GET", "/pictures/{name}")
def picture(request: Request, name: str) -> Answer:
    """One of the pictures there, or of the guide.

    CloudFront asks for them as PNG and no other way, so that API Gateway makes bytes of them, whatever bytes they are.
    """
    return _kept(request, picture_file(name) or picture_file(name, GUIDE))


@routes.on("GET", "/pictures/logos/{name}")
def logo(request: Request, name: str) -> Answer:
    """A school's logo (``northbridge.png``); its address has its id, so browsers may keep it for ever."""
    slug = name.removesuffix(".png")
    found = the_school(system(), slug) if name.endswith(".png") else None
    kept = system().logo(found.slug, found.settings.logo) if found is not None else None
    if kept is None:
        raise NotFound()
    return _kept(request, Asset(kept.png, "image/png", kept.id))


def _kept(request: Request, found: Asset | None) -> Answer:
    if found is None:
        raise NotFound()
    kept = _FOR_EVER if request.query.get("v") == found.fingerprint else _FOR_NOW
    return Answer(body=found.content, headers={"Content-Type": found.media, "Cache-Control": kept, "Vary": "Accept-Encoding"})
