"""Logs: one line of JSON for each thing worth knowing, from the functions and from the domain alike."""

import logging

from aws_lambda_powertools import Logger

from measure.metrics import measure

log = Logger()


class _Measured(logging.Handler):
    """Measures what the domain says with the name of a metric."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line of the domain."""
        name = getattr(record, "metric", None)
        if name is not None:
            measure(name)


def speak_for_the_domain() -> None:
    """Let what the domain says (``latchkey.*``, the standard library's loggers) out through the function's own logger, once."""
    domain = logging.getLogger("latchkey")
    if any(handler in domain.handlers for handler in log.handlers):
        return
    domain.setLevel(log.log_level)
    for handler in (*log.handlers, _Measured()):
        domain.addHandler(handler)
    for handler in logging.getLogger().handlers:  # Lambda's own: it would say everything again, as text
        handler.addFilter(lambda record: not record.name.startswith("latchkey"))
