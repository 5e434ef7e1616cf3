"""Templates are compiled by the build, so a run needs none of Jinja's syntax tree but what says how to escape."""

from collections.abc import Mapping
from typing import Any


class EvalContext:
    """As in Jinja: what is known about escaping while a template is rendered."""

    def __init__(self, environment: Any, template_name: str | None = None) -> None:
        self.environment = environment
        given = environment.autoescape
        self.autoescape = given(template_name) if callable(given) else given
        self.volatile = False

    def save(self) -> Mapping[str, Any]:
        """Its values, to go back to."""
        return self.__dict__.copy()

    def revert(self, old: Mapping[str, Any]) -> None:
        """Go back to saved values."""
        self.__dict__.clear()
        self.__dict__.update(old)


class Template:
    """A name in annotations."""
