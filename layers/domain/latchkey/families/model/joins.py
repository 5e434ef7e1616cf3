"""What becomes of the accounts of one mailbox when its owner confirms: values only.

The account that was there keeps all it has and gets the children. Of the provisional ones nothing goes over that somebody typed:
no name, no password, no username.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person


def with_children(into: Person, gone: Sequence[Person]) -> Person:
    """The account that stays, with the children of those that go."""
    children = tuple(dict.fromkeys((*into.children, *(child for each in gone for child in each.children))))
    merged = (found for each in gone for found in (each.id, *each.merged))
    return replace(into, children=children, merged=tuple(dict.fromkeys((*into.merged, *merged))))


def relinked(children: Sequence[Person], into: Person, gone: Collection[str]) -> list[PersonChange]:
    """The children of the accounts that go, linked with the one that stays; what was said of those is said of that one."""
    changes = []
    for child in children:
        parents = tuple(dict.fromkeys(into.id if each in gone else each for each in child.parents))
        parents = parents if into.id in parents else (*parents, into.id)
        hidden = child.pin_hidden_from
        hidden = (*hidden, into.id) if {*gone} & {*hidden} and into.id not in hidden else hidden
        objected = tuple(dict.fromkeys(into.id if each in gone else each for each in child.not_mine))
        after = replace(child, parents=parents, pin_hidden_from=hidden, not_mine=objected)
        if after != child:
            changes.append(PersonChange(child, after))
    return changes
