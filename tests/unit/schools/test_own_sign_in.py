"""Where somebody's own sign-in begins: at their one provider, on the school's own page, or where all ways are shown."""

from typing import Final

import pytest

from latchkey.people.model.person import Role
from latchkey.schools.model.own_sign_in import own_sign_in
from latchkey.schools.model.school import PublicConnection, School, Settings, SingleSignOn

GOOGLE: Final = PublicConnection(name="google", kind="google", label="Google", roles=("student", "staff"), issuer="a")
ENTRA: Final = PublicConnection(name="entra", kind="entra", label="Microsoft", roles=("staff",), issuer="b")
PAGE: Final = "/schools/northbridge/sessions"


@pytest.mark.parametrize(
    ("role", "url", "found"),
    [
        ("student", "", ("Google", "/schools/northbridge/sso/google")),
        ("staff", "", ("Google", PAGE)),
        ("parent", "https://in.school.example/", ("Our portal", "https://in.school.example/")),
        ("parent", "", ("Our portal", PAGE)),
        ("parent", "javascript:alert(1)", ("Our portal", PAGE)),
    ],
)
def test_how_a_role_gets_in(role: Role, url: str, found: tuple[str, str]) -> None:
    sso = SingleSignOn(roles=("student", "staff", "parent"), label="Our portal", url=url, connections=(GOOGLE, ENTRA))
    school = School(slug="northbridge", name="Northbridge", settings=Settings(sso=sso))
    assert own_sign_in(school, role) == found
