"""What a deploy reads out of template.yaml: the parameters with their defaults, and what the functions run on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Template:
    """Facts of one template file, the source's or the built one's."""

    defaults: dict[str, str]
    machine: str
    version: str


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, whose meaning does not matter here."""


def _untagged(loader: _Loader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - YAML has three kinds
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _untagged)


def read_template(path: Path) -> Template:
    """The facts of a template; its parameters all have defaults."""
    said = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe loader
    everywhere = said["Globals"]["Function"]
    (architecture,) = everywhere["Architectures"]
    return Template(
        defaults={name: _text(parameter["Default"]) for name, parameter in said["Parameters"].items() if "Default" in parameter},
        machine={"arm64": "aarch64"}.get(architecture, architecture),
        version=everywhere["Runtime"].removeprefix("python"),
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
