"""SNS as far as it is asked: a topic's subscriptions, in the words of the service's own answer."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.support.system import TOPIC


@dataclass
class StrictSns:
    """One topic. ``refusing`` is raised by every call until somebody mends it."""

    confirmed: int = 1
    pending: int = 0
    arn: str = TOPIC
    refusing: Exception | None = None

    def get_topic_attributes(self, **request: Any) -> dict[str, Any]:
        """GetTopicAttributes: every value is a text."""
        assert set(request) == {"TopicArn"}
        if self.refusing:
            raise self.refusing
        if request["TopicArn"] != self.arn:
            raise ClientError({"Error": {"Code": "NotFound", "Message": "Topic does not exist"}}, "GetTopicAttributes")
        return {
            "Attributes": {
                "TopicArn": self.arn,
                "DisplayName": "",
                "SubscriptionsConfirmed": str(self.confirmed),
                "SubscriptionsPending": str(self.pending),
                "SubscriptionsDeleted": "0",
            }
        }
