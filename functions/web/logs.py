"""Logs: one line of JSON for each thing worth knowing, from the functions and from the domain alike."""

import logging

from aws_lambda_powertools import Logger

log = Logger()


def speak_for_the_domain() -> None:
    """Let what the domain says (``latchkey.*``, the standard library's loggers) out through the function's own logger, once."""
    domain = logging.getLogger("latchkey")
    if any(handler in domain.handlers for handler in log.handlers):
        return
    domain.setLevel(log.log_level)
    for handler in log.handlers:
        domain.addHandler(handler)
    for handler in logging.getLogger().handlers:  # Lambda's own: it would say everything again, as text
        handler.addFilter(lambda record: not record.name.startswith("latchkey"))
