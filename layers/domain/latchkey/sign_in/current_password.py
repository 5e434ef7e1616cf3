"""Whether somebody who is signed in knows the password: asked before what must not be done by whoever finds an open session.

Each try is counted at the person's budget before it is compared, together with tries of second factors.
"""

from latchkey.errors import Invalid
from latchkey.shared.model.texts import said
from latchkey.sign_in import hashing
from latchkey.sign_in.budgets import give_back_to_person, spend_of_person
from latchkey.sign_in.needs import System
from latchkey.sign_in.session import SignedIn

WRONG = said("This is not your current password. Type the one that you sign in with.")


def check_current(system: System, who: SignedIn, password: str, field: str = "current") -> None:
    """Nothing if the password is right; ``Invalid`` that names the field, or ``TooMany``."""
    slug = who.school.slug
    spent = spend_of_person(system, who.school, who.person)
    if not hashing.verify(system.credentials(slug).password_hash(who.person.password_holder), password):
        raise Invalid(fields={field: WRONG})
    give_back_to_person(system, slug, spent)
