"""A school's public page: what anybody may know of a school, from its settings alone."""

import base64
from typing import Any, Final

from latchkey.schools.find_school import ways_in
from latchkey.schools.model.logo import Logo
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.school import School
from latchkey.shared.model.clock import utc

TEMPLATE: Final = "schools/school.html"


def school_page(school: School, now: int, logo: Logo | None = None) -> str:
    """The page as the portal shows it, for its copy in S3; that is in the school's language, whatever a browser says.

    The copy holds the logo itself: where it is shown, nothing else may answer.
    """
    from web.pages import render  # Jinja is loaded only by a function that is asked for a page

    shown = facts(school, now)
    if shown["logo"]:
        shown["logo"] = f"data:image/png;base64,{base64.b64encode(logo.png).decode()}" if logo is not None else ""
    return render(TEMPLATE, {"school": school, "data": shown, "here": f"/schools/{school.slug}"}, school.settings.language)


def facts(school: School, now: int) -> dict[str, Any]:
    """What anybody may know of a school at this moment."""
    path = f"/schools/{school.slug}"
    ways: list[dict[str, Any]] = []
    for way in ways_in(school):
        if way.sso is not None and way.connection is not None:
            known = way.connection
            url = f"{path}/sso/{known.name}"
            ways.append(
                {"kind": "single_sign_on", "roles": way.roles, "label": known.label, "url": url, "help": way.sso.help}
                | {"connection": known.name}
            )
        elif way.sso is not None:
            url = way.sso.url if way.sso.url.startswith("https://") else ""
            ways.append({"kind": "single_sign_on", "roles": way.roles, "label": way.sso.label, "url": url, "help": way.sso.help})
        else:
            ways.append(
                {"kind": "password", "roles": way.roles, "url": f"{path}/sessions", "forgot_password": f"{path}/forgot-password"}
            )
    settings, notice = school.settings, PageNotice.of(school.settings)
    shown = notice.is_shown(now)
    return {
        "slug": school.slug,
        "name": school.name,
        "town": school.town,
        "postcode": school.postcode,
        "notice": notice.text if shown else "",
        "notice_ends_at": utc(notice.ends_at) if shown and notice.ends_at is not None else None,
        "help": settings.help_line,
        "office_hours": settings.office_hours,
        "logo": logo_url(school),
        "colour": settings.colour,
        "ways": ways,
        "admins_use_sso": settings.sso.admins == "must" and bool(settings.sso.connections),
        "sign_in": f"{path}/sessions",
        "forgot_password": f"{path}/forgot-password",
        "redeem": f"{path}/redeem",
    }


def logo_url(school: School) -> str:
    """Where a school's logo is, or nothing: another logo has another address, so browsers may keep each for ever."""
    logo = school.settings.logo
    return f"/pictures/logos/{school.slug}.png?v={logo}" if logo else ""
