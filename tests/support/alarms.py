"""CloudWatch's part, as far as alarms need it: metrics out of lines of a log (EMF), and an alarm's own rule held against them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html, "Evaluating an alarm"
"""

import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support import sam

STACK: Final = "latchkey-test"
MINUTE: Final = 60
_STATISTICS: Final[Mapping[str, Callable[[list[float]], float]]] = {
    "Sum": sum,
    "Maximum": max,
    "Average": lambda values: sum(values) / len(values),
}
_COMPARED: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
}
Metric = tuple[str, str, frozenset[tuple[str, str]]]
"""Namespace, name and dimensions: one with other dimensions is another metric."""


def metric_of(alarm: Mapping[str, Any]) -> Metric:
    """The metric that an alarm watches; names of resources are their logical ids."""
    dimensions = {(each["Name"], _name(each["Value"])) for each in alarm.get("Dimensions", [])}
    return _name(alarm["Namespace"]), alarm["MetricName"], frozenset(dimensions)


def _name(value: Any) -> str:
    return STACK if value == {"Ref": "AWS::StackName"} else sam.target(value)


@dataclass
class Metrics:
    """Values by metric, each with the second at which it came."""

    values: dict[Metric, list[tuple[float, float]]] = field(default_factory=dict)

    def put(self, metric: Metric, at: float, *values: float) -> None:
        """Values of one metric."""
        self.values.setdefault(metric, []).extend((at, value) for value in values)

    def read(self, log: str, at: float) -> None:
        """What lines of a log hold of metrics; other lines say nothing to CloudWatch."""
        for line in log.splitlines():
            said = json.loads(line) if line.startswith("{") else {}
            for group in said.get("_aws", {}).get("CloudWatchMetrics", ()):
                for names in group["Dimensions"]:
                    dimensions = frozenset((name, said[name]) for name in names)
                    for metric in group["Metrics"]:
                        found = said[metric["Name"]]
                        values = found if isinstance(found, list) else [found]
                        self.put((group["Namespace"], metric["Name"], dimensions), at, *values)

    def rings(self, name: str, at: float) -> bool:
        """Whether an alarm of the template is in alarm at this second."""
        alarm = sam.resources("AWS::CloudWatch::Alarm")[name]
        periods, period = alarm["EvaluationPeriods"], alarm["Period"]
        values = self.values.get(metric_of(alarm), [])
        breaching = sum(
            self._breaches(alarm, [value for when, value in values if start < when <= start + period])
            for start in (at - (number + 1) * period for number in range(periods))
        )
        return bool(breaching >= alarm.get("DatapointsToAlarm", periods))

    def _breaches(self, alarm: Mapping[str, Any], values: list[float]) -> bool:
        if not values:
            return bool(alarm["TreatMissingData"] == "breaching")
        statistic = _STATISTICS[alarm["Statistic"]](values)
        return _COMPARED[alarm["ComparisonOperator"]](statistic, float(alarm["Threshold"]))

    def ringing(self, at: float) -> set[str]:
        """All alarms that ring, but for those that ring by silence."""
        return {name for name in sam.resources("AWS::CloudWatch::Alarm") if self.rings(name, at)} - {
            "ScheduleStopped",
            "DayMissed",
        }
