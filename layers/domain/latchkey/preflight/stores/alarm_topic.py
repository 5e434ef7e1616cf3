"""The topic that alarms go to: whether a subscription of it is confirmed. No address is read.

https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
"""

from latchkey.preflight.model.facts import Alarms, Seen, Unseen
from latchkey.preflight.stores.mail_service import asked
from latchkey.shared.stores.aws import Client


class AlarmTopic:
    """One topic, by its ARN."""

    def __init__(self, client: Client, arn: str) -> None:
        self._client = client
        self._arn = arn

    def subscriptions(self) -> Seen[Alarms]:
        """How many are confirmed, and how many wait."""
        answer = asked(lambda: self._client.get_topic_attributes(TopicArn=self._arn))
        if answer is None or isinstance(answer, Unseen):
            return answer or Alarms(known=False)
        found = answer.get("Attributes") or {}
        confirmed, pending = (found.get(f"Subscriptions{each}", "") for each in ("Confirmed", "Pending"))
        if not (confirmed.isdigit() and pending.isdigit()):
            return Unseen("silent")
        return Alarms(known=True, confirmed=int(confirmed), pending=int(pending))
