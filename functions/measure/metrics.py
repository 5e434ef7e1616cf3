"""Metrics, as lines of the log from which CloudWatch takes them (EMF): what was done, what waits and why, what failed.

A metric is told apart by function and reason, and never by whom or what it is about: each pair costs by the month in which it is
written, and a log may be read by more people than the tables. Reasons are words of the code: wait reasons, names of errors.
"""

import os
from typing import Final, Literal

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

Name = Literal[
    "Done", "Waits", "Failed", "OldestSeconds", "Mails", "QuotaUsed", "Ticks", "CodesGuessed", "SignInsGuessed", "SiteStops"
]
_UNITS: Final = {"OldestSeconds": MetricUnit.Seconds, "QuotaUsed": MetricUnit.Percent}
_BY_FUNCTION_TOO: Final = {"Failed"}  # an alarm asks whether anything failed, whatever it was


def measure(name: Name, value: float = 1, *, reason: str = "") -> None:
    """Write one metric down."""
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "latchkey")
    service = os.environ.get("POWERTOOLS_SERVICE_NAME", "latchkey")
    metrics = EphemeralMetrics(namespace=namespace, service=service)
    metrics.add_metric(name, _UNITS.get(name, MetricUnit.Count), value)
    metrics.add_dimension("service", service)
    if reason:
        metrics.add_dimension("reason", reason)
        if name in _BY_FUNCTION_TOO:
            metrics.add_dimensions(service=service)
    metrics.flush_metrics()


def kind_of(error: Exception) -> str:
    """What kind of error this is: of those that AWS answers with its own word, such as DisabledException of a key."""
    answer = getattr(error, "response", None)
    code = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None
    return str(code) if code else type(error).__name__
