"""What a provider has to know of us, for a connection of a school: our metadata, at the address that is our entity id."""

from latchkey.errors import NotFound
from latchkey.schools.find_school import the_school
from latchkey.sso.model.saml_addresses import OFFERED
from latchkey.sso.read_connections import to_try
from latchkey.sso.saml.own_metadata import TYPE, own_metadata
from saml.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/sso/saml/metadata/{school}/{name}")
def own(request: Request, school: str, name: str) -> Answer:
    """The document; also of a connection that is not in force, or not there yet, for the provider needs it first."""
    found = the_school(system(), school)
    connection = to_try(system(), found, name)
    if not (connection.is_saml if connection is not None else name in OFFERED):
        raise NotFound()
    text = own_metadata(system().settings["ORIGIN"], found.slug, name)
    return Answer(body=text, headers={"Content-Type": TYPE})
