"""Schools: what is written is found again."""

from dataclasses import replace

from latchkey.schools.model.school import Settings, SingleSignOn
from tests.support.system import TestSystem


def test_a_school_keeps_its_settings(system: TestSystem) -> None:
    settings = Settings(
        forgot_life=600, reply_to="office@x.example", sso=SingleSignOn(roles=("student",), url="https://sso.example")
    )
    made = system.school("westfield", settings=settings)
    schools = system.wiring("portal").schools
    assert schools.get("westfield") == made
    assert not system.wiring("operate").schools.make(replace(made, name="Another"))
    assert [school["slug"] for school in schools.all()] == ["westfield"]
    assert schools.get("nowhere") is None
