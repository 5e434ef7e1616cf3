"""The school that an operator names."""

from latchkey.errors import NotFound
from latchkey.operator.needs import System
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import is_slug


def the_school(system: System, slug: object) -> School:
    """The school with this slug; ``NotFound`` if there is none."""
    found = system.schools.get(slug) if isinstance(slug, str) and is_slug(slug) else None
    if found is None:
        raise NotFound("There is no such school.")
    return found
