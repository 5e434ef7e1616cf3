"""Changes of settings: written only if nobody else has written since they were read."""

from dataclasses import replace

import pytest

from latchkey.errors import Changed
from latchkey.schools.model.school import ApprovalRule, School
from latchkey.schools.model.waiting import Change, Waiting
from tests.support.system import START, TestSystem

NOW = int(START)
WAITING = Waiting(id="0" * 26, by="a" * 20, at=NOW, until=NOW + 9, changes=(Change("reply_to", None, "me@x.example"),))


@pytest.fixture
def school(system: TestSystem) -> School:
    return system.school("northbridge")


def test_what_was_read_before_another_change_is_not_written(system: TestSystem, school: School) -> None:
    changes, schools = system.wiring("console").setting_changes, system.wiring("console").schools
    snow, sun = (replace(school.settings, notice=notice) for notice in ("Snow", "Sun"))
    changes.write(school, snow, WAITING, [])
    with pytest.raises(Changed):
        changes.write(school, sun, None, [])
    found = schools.get("northbridge")
    assert found is not None
    assert (found.settings.notice, found.waiting, found.settings_revision) == ("Snow", WAITING, 1)
    changes.write(found, found.settings, None, [])
    again = schools.get("northbridge")
    assert again is not None
    assert (again.waiting, again.settings, again.settings_revision) == (None, found.settings, 2)


def test_the_operators_change_counts_too_and_leaves_what_waits(system: TestSystem, school: School) -> None:
    changes, schools = system.wiring("console").setting_changes, system.wiring("operate").schools
    changes.write(school, school.settings, WAITING, [])
    read = schools.get("northbridge")
    assert read is not None
    schools.change(replace(read, town="Elsewhere"))
    with pytest.raises(Changed):
        changes.write(read, read.settings, None, [])
    schools.change_settings("northbridge", replace(read.settings, approval=ApprovalRule(above=3)), ["approval"])
    found = schools.get("northbridge")
    assert found is not None
    assert (found.town, found.settings.approval.above, found.waiting, found.settings_revision) == ("Elsewhere", 3, WAITING, 3)


def test_nothing_is_written_of_a_school_that_is_gone_or_without_its_event(system: TestSystem, school: School) -> None:
    wiring = system.wiring("console")
    with pytest.raises(Changed):
        wiring.setting_changes.write(replace(school, slug="nowhere"), school.settings, WAITING, [])
    event = wiring.audit("northbridge").record_of("a" * 20, "settings.change", NOW)
    wiring.setting_changes.write(school, replace(school.settings, notice="Snow"), None, [event])
    found = wiring.schools.get("northbridge")
    assert found is not None
    with pytest.raises(Changed):  # the same event once more: neither is written
        wiring.setting_changes.write(found, replace(found.settings, notice="Sun"), None, [event])
    assert wiring.schools.get("northbridge") == found
