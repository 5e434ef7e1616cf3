"""Change a school's settings."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields

from latchkey.errors import Changed, NotFound
from latchkey.people.model.person import Person
from latchkey.schools.model import logo, settings_changes, settings_rules
from latchkey.schools.model.school import School, Settings
from latchkey.schools.needs import System


def change_settings(system: System, school: School, admin: Person, values: Mapping[str, object]) -> Settings:
    """Change the settings that ``values`` names and write what really changed, so that two admins do not undo each other."""
    after = settings_rules.change(school.settings, values)
    changed = [each.name for each in fields(Settings) if getattr(after, each.name) != getattr(school.settings, each.name)]
    if not changed:
        return after
    if "logo" in changed:
        picture = values["logo_png"]
        system.logos(school.slug).put(logo.read(picture) if picture else None)
    now, switched = system.now(), set(after.sso.roles) ^ set(school.settings.sso.roles)
    try:
        system.schools.change_settings(school.slug, after, changed, sso_changed=sorted(switched), now=now)
    except Changed:
        raise NotFound() from None
    facts = settings_changes.facts_of(school.settings, after, changed)
    system.audit(school.slug).record(admin.id, "settings.change", now, facts)
    return after


def logo_in_page(system: System, school: School) -> str:
    """The school's logo as a URL that holds it, or nothing."""
    found = system.logo(school.slug, school.settings.logo)
    return f"data:image/png;base64,{b64encode(found.png).decode()}" if found else ""
