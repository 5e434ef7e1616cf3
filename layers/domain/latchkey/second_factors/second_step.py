"""The step of signing in that asks people for their second factor: after a right password, before any session."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from latchkey.schools.model.school import School
from latchkey.schools.model.second_factor_rule import required_of
from latchkey.second_factors.model.factors import Factors
from latchkey.second_factors.needs import System
from latchkey.second_factors.show_factor import Answer, Visitor, show_factor
from latchkey.second_factors.sign_with import sign_with
from latchkey.sign_in.budgets import place_of_failures
from latchkey.sign_in.steps import Proof, kept_of, proof_of, read_proof


class SecondStep:
    """``sign_in.steps.Step``: asks whoever has a second factor, until one was shown for this sign-in.

    A passkey in place of a password is another way in, and asked for only where the school requires a second factor.
    """

    name = "second_factor"

    def asks(self, system: System, proof: Proof) -> Mapping[str, Any] | None:
        """The ways that this person has; none of them is left where all they have is of another domain."""
        if proof.proved_at:
            return None
        store, person = system.second_factors(proof.school.slug), proof.person.id
        is_read = proof.factors is not None and person in proof.factors
        factors = store.from_item(person, (proof.factors or {})[person]) if is_read else store.of(person)
        asked = factors.all if required_of(proof.school, proof.person) else factors.steps
        return {"ways": list(factors.ways(system.relying_party.id))} if asked else None


@dataclass(frozen=True, slots=True)
class Ready:
    """A proof that asks for a second factor, with what its person has, and the school's wrong passwords within the hour."""

    proof: Proof
    factors: Factors
    failures: int


def ready(system: System, school: School, token: object) -> Ready:
    """All that the second step goes by, in one call; ``NotSignedIn`` for a proof that counts no more."""
    kept = kept_of(system, school, token)
    counter = place_of_failures(system, school.slug)
    person, factors, failures = system.second_factors(school.slug).with_person(kept.person, counter)
    return Ready(proof_of(system, school, person, kept), factors, failures)


def ways_of(system: System, of: Ready) -> tuple[str, ...]:
    """How the person of this proof can go on, for the page."""
    return of.factors.ways(system.relying_party.id)


def passkey_for_step(system: System, slug: str, token: object) -> dict[str, Any]:
    """What the browser is given to sign for this sign-in, and no other."""
    proof = read_proof(system, slug, token)
    return sign_with(system, proof.school, proof.person, _bound_to(proof))


def answer_step(system: System, of: Ready, answer: Answer, *, source_ip: str) -> Proof:
    """The proof with a second factor; ``Invalid`` or ``TooMany``."""
    proof = of.proof
    visitor = Visitor(source_ip, of.failures, of.factors)
    owed = show_factor(system, proof.school, proof.person, answer, bound_to=_bound_to(proof), visitor=visitor)
    return replace(proof.shown(answer.way, system.now()), owed=owed)


def _bound_to(proof: Proof) -> str:
    return f"sign-in/{proof.person.id}/{proof.person.version}/{proof.at}"
