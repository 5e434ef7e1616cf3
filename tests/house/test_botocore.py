"""What stores/aws.py takes for granted of botocore."""

from importlib.util import find_spec, module_from_spec

import botocore.session
import pytest

from latchkey.shared.stores.aws import SERVICES


def _as_shipped() -> dict[str, str]:
    """botocore's table of old event names, before anybody has emptied it."""
    spec = find_spec("botocore.utils")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.EVENT_ALIASES)


@pytest.mark.parametrize("service", SERVICES)
def test_events_of_our_services_have_one_name(service: str) -> None:
    aliases = _as_shipped()
    assert aliases
    name = botocore.session.Session().get_service_model(service).service_id.hyphenize()
    assert name == service
    assert not {name, service} & {*aliases, *aliases.values()}
