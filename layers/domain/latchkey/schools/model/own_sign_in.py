"""How somebody who uses the school's own sign-in gets in: what it is called, and where it begins."""

from latchkey.errors import SignsInElsewhere
from latchkey.people.model.person import Role
from latchkey.schools.model.school import School
from latchkey.shared.model.texts import said


def own_sign_in(school: School, role: Role) -> tuple[str, str]:
    """``(label, place)`` for a role; the school's sign-in page, which shows all ways, where there are several or no address."""
    sso, page = school.settings.sso, f"/schools/{school.slug}/sessions"
    providers = sso.of(role)
    if len(providers) == 1:
        return providers[0].label, f"/schools/{school.slug}/sso/{providers[0].name}"
    if providers:
        return providers[0].label, page
    return sso.label, sso.url if sso.url.startswith("https://") else page


def signs_in_elsewhere(school: School, role: Role) -> SignsInElsewhere:
    """What is said to who holds a link to a password that would open nothing."""
    label, place = own_sign_in(school, role)
    words = said(
        "{school} signs you in with {label} now. You need no password here, so this link does nothing any more. {help}",
        school=school.name,
        label=label,
        help=school.settings.sso.help,
    )
    return SignsInElsewhere(words, place)
