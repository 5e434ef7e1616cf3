"""The step of signing in that asks people for their second factor: after a right password, before any session."""

from collections.abc import Mapping
from typing import Any

from latchkey.schools.model.second_factor_rule import required_of
from latchkey.second_factors.needs import System
from latchkey.second_factors.show_factor import Answer, show_factor
from latchkey.second_factors.sign_with import sign_with
from latchkey.sign_in.steps import Proof, read_proof


class SecondStep:
    """``sign_in.steps.Step``: asks whoever has a second factor, until one was shown for this sign-in.

    A passkey in place of a password is another way in, and asked for only where the school requires a second factor.
    """

    name = "second_factor"

    def asks(self, system: System, proof: Proof) -> Mapping[str, Any] | None:
        """The ways that this person has; none of them is left where all they have is of another domain."""
        if proof.proved_at:
            return None
        factors = system.second_factors(proof.school.slug).of(proof.person.id)
        asked = factors.all if required_of(proof.school, proof.person) else factors.steps
        return {"ways": list(factors.ways(system.relying_party.id))} if asked else None


def ways_of(system: System, slug: str, token: object) -> tuple[str, ...]:
    """How the person of this proof can go on, for the page; ``NotSignedIn`` for a proof that counts no more."""
    proof = read_proof(system, slug, token)
    return system.second_factors(slug).of(proof.person.id).ways(system.relying_party.id)


def passkey_for_step(system: System, slug: str, token: object) -> dict[str, Any]:
    """What the browser is given to sign for this sign-in, and no other."""
    proof = read_proof(system, slug, token)
    return sign_with(system, proof.school, proof.person, _bound_to(proof))


def answer_step(system: System, slug: str, token: object, answer: Answer, *, source_ip: str) -> Proof:
    """The proof with a second factor; ``Invalid``, ``TooMany``, or ``NotSignedIn`` for a proof that counts no more."""
    proof = read_proof(system, slug, token)
    show_factor(system, proof.school, proof.person, answer, bound_to=_bound_to(proof), source_ip=source_ip)
    return proof.shown(answer.way, system.now())


def _bound_to(proof: Proof) -> str:
    return f"sign-in/{proof.person.id}/{proof.person.version}/{proof.at}"
