"""What becomes of two accounts of one mailbox when its owner confirms: values only.

The account that was there keeps all it has and gets the children. Of the provisional one nothing goes over that somebody typed:
no name, no password, no username.
"""

from collections.abc import Sequence
from dataclasses import replace

from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person


def with_children(into: Person, gone: Person) -> Person:
    """The account that stays, with the children of the one that goes."""
    children = tuple(dict.fromkeys((*into.children, *gone.children)))
    return replace(into, children=children, merged=tuple(dict.fromkeys((*into.merged, gone.id, *gone.merged))))


def relinked(children: Sequence[Person], into: Person, gone: Person) -> list[PersonChange]:
    """The children of the account that goes, linked with the one that stays; what was said of it is said of that one."""
    changes = []
    for child in children:
        parents = tuple(dict.fromkeys(into.id if each == gone.id else each for each in child.parents))
        parents = parents if into.id in parents else (*parents, into.id)
        hidden = child.pin_hidden_from
        hidden = (*hidden, into.id) if gone.id in hidden and into.id not in hidden else hidden
        objected = tuple(dict.fromkeys(into.id if each == gone.id else each for each in child.not_mine))
        after = replace(child, parents=parents, pin_hidden_from=hidden, not_mine=objected)
        if after != child:
            changes.append(PersonChange(child, after))
    return changes
