"""How a parent is kept: in an item of the table, and in a worker's temporary database."""

from collections.abc import Mapping
from typing import Any

from latchkey.contacts.model.contact import Child, Parent


def parent_to(parent: Parent) -> dict[str, Any]:
    """A parent as plain values; what is empty is left out."""
    facts: dict[str, Any] = {
        "id": parent.id,
        "title": parent.title,
        "given_name": parent.given_name,
        "family_name": parent.family_name,
        "email": parent.email,
        "phones": [[kind, number] for kind, number in parent.phones],
        "children": [_child_to(child) for child in parent.children],
        "claimed": parent.claimed,
    }
    return {name: value for name, value in facts.items() if value}


def parent_from(facts: Mapping[str, Any]) -> Parent:
    """The parent of plain values."""
    return Parent(
        id=facts["id"],
        title=facts.get("title", ""),
        given_name=facts.get("given_name", ""),
        family_name=facts.get("family_name", ""),
        email=facts.get("email", ""),
        phones=tuple((kind, number) for kind, number in facts.get("phones", ())),
        children=tuple(Child(**child) for child in facts.get("children", ())),
        claimed=facts.get("claimed", False),
    )


def row_of(parent: Parent) -> tuple[Any, ...]:
    """A parent as ``parent_of`` takes it, without names: for what lives no longer than its worker."""
    children = tuple(
        (each.student, each.relationship, each.priority, each.responsible, each.primary, each.barred) for each in parent.children
    )
    names = parent.id, parent.title, parent.given_name, parent.family_name
    return *names, parent.email, parent.phones, children, parent.claimed


def parent_of(row: tuple[Any, ...]) -> Parent:
    """The parent of such a row."""
    number, title, given, family, email, phones, children, claimed = row
    return Parent(
        id=number,
        title=title,
        given_name=given,
        family_name=family,
        email=email,
        phones=phones,
        children=tuple(map(_child_of, children)),
        claimed=claimed,
    )


def _child_of(row: tuple[Any, ...]) -> Child:
    student, relationship, priority, responsible, primary, barred = row
    known = {"priority": priority, "responsible": responsible, "primary": primary}
    return Child(student=student, relationship=relationship, barred=barred, **known)


def _child_to(child: Child) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "student": child.student,
        "relationship": child.relationship,
        "priority": child.priority,
        "responsible": child.responsible,
        "primary": child.primary,
        "barred": child.barred,
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}
