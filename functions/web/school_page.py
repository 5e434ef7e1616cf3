"""A school's public page: what anybody may know of a school, from its settings alone."""

from typing import Any, Final

from latchkey.schools.find_school import ways_in
from latchkey.schools.model.school import School

TEMPLATE: Final = "schools/school.html"


def school_page(school: School) -> str:
    """The page as the portal shows it, for its copy in S3; that is in the school's language, whatever a browser says."""
    from web.pages import render  # Jinja is loaded only by a function that is asked for a page

    return render(
        TEMPLATE, {"school": school, "data": facts(school), "here": f"/schools/{school.slug}"}, school.settings.language
    )


def facts(school: School) -> dict[str, Any]:
    """What anybody may know of a school."""
    path = f"/schools/{school.slug}"
    ways: list[dict[str, Any]] = []
    for way in ways_in(school):
        if way.sso is not None:
            url = way.sso.url if way.sso.url.startswith("https://") else ""
            ways.append({"kind": "single_sign_on", "roles": way.roles, "label": way.sso.label, "url": url, "help": way.sso.help})
        else:
            ways.append(
                {"kind": "password", "roles": way.roles, "url": f"{path}/sessions", "forgot_password": f"{path}/forgot-password"}
            )
    return {
        "slug": school.slug,
        "name": school.name,
        "town": school.town,
        "postcode": school.postcode,
        "notice": school.settings.notice,
        "help": school.settings.help_line,
        "ways": ways,
        "redeem": f"{path}/redeem",
    }
