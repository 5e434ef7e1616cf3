"""Contacts that are kept, without the file that they came in: for sends that invite their parents."""

from collections.abc import Sequence
from typing import Any

from latchkey.contacts.model.contact import Child, Parent
from latchkey.contacts.model.runs import Run
from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.pace import Pace
from tests.support.system import TestSystem


def parent(number: int, children: Sequence[Any], **facts: Any) -> Parent:
    """A kept parent of these students (ids, or ``Child``): first contacts with parental responsibility."""
    ties = [each if isinstance(each, Child) else Child(student=each, priority=1, responsible=True) for each in children]
    usual: dict[str, Any] = {
        "id": f"{number:032x}",
        "title": "Mrs",
        "given_name": f"Ana{number}",
        "family_name": "Blair",
        "email": f"parent{number}@home.example",
        "phones": (("mobile", "07700 900000"),),
    }
    return Parent(children=tuple(ties), **{**usual, **facts})


def keep(system: TestSystem, parents: Sequence[Parent], school: str = "northbridge", **facts: Any) -> Run:
    """An upload that was read and of which these parents are kept."""
    now = int(system.clock())
    made: dict[str, Any] = {"state": "finished", "step": "files", "kept": True, "stated": ("priority", "responsibility")}
    run = Run(id=new_id(now), filename="c.csv", key="k", created_at=now, created_by="a" * 20, **{**made, **facts})
    console, reader = system.wiring("console"), system.wiring("read_roster")
    console.contacts_runs(school).make(run, console.audit(school).record_of("a" * 20, "contacts.start", now))
    reader.kept_parents(school).write(run, parents, Pace())
    return run
