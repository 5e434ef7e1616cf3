"""The services and the workers of the process: messages go from queues to handlers, files and mails have their consequences."""

import importlib
import re
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import requests

from infra.inbox.feedback import events
from latchkey.readiness.model.figures import day_of, from_rows
from latchkey.schools.stores.kept_schools import KeptSchools
from latchkey.settings import FunctionName, Settings
from latchkey.sso.model.web_addresses import local_origins
from latchkey.sso.oidc.fetch import Fetched, fetch
from latchkey.sso.oidc.providers import Providers
from latchkey.wiring import Wiring
from tests.support.dns import Zone
from tests.support.ses import Delivered, StrictSes
from tests.support.sns import StrictSns
from tests.support.sqs import Context, event_of
from tests.support.streams import Streams
from tests.support.system import REGION, TestSystem, running_system

WORKERS: Final[dict[str, FunctionName]] = {
    "URGENT_QUEUE": "deliver_links",
    "DELIVER_QUEUE": "deliver_links",
    "REQUESTS_QUEUE": "plan_send",
    "PLAN_QUEUE": "plan_send",
    "ROSTER_QUEUE": "read_roster",
    "EXPORT_QUEUE": "build_export",
    "DAILY_QUEUE": "daily",
}
_FUNCTIONS: Final = (
    "portal", "console", "plan_send", "deliver_links", "mail_feedback", "read_roster", "build_export", "operate", "daily",
    "keep_roll", "federate", "saml",
)  # fmt: skip
_WEB: Final = {"portal", "console", "federate", "saml"}
_KEY: Final = re.compile(rb'name="key"\r\n\r\n([^\r]+)\r')
_NOW: Final = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_PAUSE: Final = 0.02  # seconds between two looks at what has come
_OLDER: Final = 0.5  # seconds between two looks at messages that were to come later, or again
_LOOKS: Final = 50  # of somebody who waits until there is nothing to do
_MINUTE: Final = 2.0  # seconds between two looks at what is due: a page's test does not wait for a whole one


class Cloud:
    """What stands in for AWS."""

    def __init__(self, system: TestSystem, origin: str, sign_ins: Iterable[str], stand_ins: Mapping[str, str]) -> None:
        self.ses, self.sns = StrictSes(clock=time.time), StrictSns()
        self._system = system
        self._bounced: Counter[str] = Counter()
        self._told = 0
        self._due = self._older = 0.0
        self._looks, self._quiet = False, 0
        assert system.memory is not None
        self._streams = Streams(system.memory)
        system.environment |= {"ORIGIN": origin, "SSO_LOCAL_ORIGINS": " ".join(sign_ins)}
        system.doorways.handlers = {name: self._doorway(name) for name in ("federate", "saml")}
        clients = system.clients
        self._sent = threading.Event()
        self._open = set(WORKERS)
        self._names = {system.environment[queue]: queue for queue in WORKERS}
        for call in ("SendMessage", "SendMessageBatch"):
            clients("sqs").meta.events.register(f"provide-client-params.sqs.{call}", _note_queue)
            clients("sqs").meta.events.register(f"after-call.sqs.{call}", self._note_sent)

        def with_mail(service: str) -> Any:
            return {"sesv2": self.ses, "sns": self.sns}.get(service) or clients(service)

        for name in _FUNCTIONS:
            place = "system" if name in _WEB else "handler"
            made = Wiring(Settings(name, system.environment), system.watched(name, with_mail), time.time)
            made.__dict__["dns"] = Zone()  # no test asks the world's
            made.__dict__["kept_schools"] = KeptSchools(made.schools, made.now, fresh=1)  # no test waits for a minute
            system.wirings[name] = made
            self._answer(importlib.import_module(f"{name}.{place}"), made)
        self._meet_providers(stand_ins)

    def _meet_providers(self, stand_ins: Mapping[str, str]) -> None:
        """Issuers that are far away (Google, Microsoft) are here, as a name server would say."""
        made = self._system.wirings["federate"]

        def ask(url: str, **more: Any) -> Fetched:
            near = next((here + url.removeprefix(there) for there, here in stand_ins.items() if url.startswith(f"{there}/")), url)
            return fetch(near, **more)

        made.__dict__["providers"] = Providers(ask, made.now, local_origins(self._system.environment["SSO_LOCAL_ORIGINS"]))

    @property
    def buckets(self) -> list[str]:
        """The names of all buckets."""
        return sorted({value for name, value in self._system.environment.items() if name.endswith("_BUCKET")})

    @staticmethod
    def _answer(module: Any, made: Wiring) -> None:
        """Give a doorway, and all that have its ``system`` by name, this wiring."""
        asked = module.system
        for each in list(sys.modules.values()):
            if getattr(each, "system", None) is asked:
                each.system = lambda: made  # type: ignore[attr-defined]

    def run(self, stop: threading.Event) -> None:
        """Hand on messages until ``stop``; what a worker raises is printed, and its message comes again."""
        while not stop.is_set():
            try:
                if not self.step():
                    self._sent.wait(_PAUSE)
            except Exception:  # the next look may succeed, and the test says what it misses
                traceback.print_exc()
                stop.wait(1)

    def step(self) -> bool:
        """One look at everything; whether there was anything."""
        worked = self._work_all()
        if time.time() > self._due + _MINUTE:
            self._due = time.time()
            self._handle("plan_send", {"kind": "due"})
            self._handle("daily", {"kind": "site"})
        looked, self._looks = self._looks, False
        found = worked | self._tell() | self._follow()
        self._quiet += looked and not found
        return found

    def _at_rest(self) -> bool:
        """Whether nothing is left to do now: no message waits or is tried, and a look that begins now finds nothing."""
        before = self._quiet
        for _ in range(_LOOKS):
            self._sent.set()
            time.sleep(_PAUSE)
            if self._quiet > before + 1:  # the first of them may have begun before
                break
        return self._quiet > before + 1 and not any(self._holds(queue, _NOW) for queue in WORKERS)

    def _holds(self, queue: str, counts: Iterable[str]) -> bool:
        """Whether a queue has messages of these kinds."""
        asked = {"QueueUrl": self._system.environment[queue], "AttributeNames": [*counts]}
        found = self._system.clients("sqs").get_queue_attributes(**asked)["Attributes"]
        return any(int(count) for count in found.values())

    def _note_sent(self, context: Mapping[str, Any], **_: Any) -> None:
        """A message lies in a queue, now."""
        if queue := self._names.get(context["queue"]):
            self._open.add(queue)
            self._sent.set()

    def _work_all(self) -> bool:
        """Take one message of each queue that holds one; whether any was."""
        if not self._sent.is_set() and time.monotonic() < self._older:
            return False
        self._sent.clear()
        self._looks = True
        found = sum(self._work(queue, name) for queue, name in WORKERS.items() if queue in self._open) > 0
        if not found:
            self._close()
        self._older = time.monotonic() + _OLDER * (not found)
        return found

    def _close(self) -> None:
        """Look no more at queues that hold nothing, for later either, until something is sent to them."""
        for queue in list(self._open):
            self._open.discard(queue)  # first: what is sent from here on opens it again
            if self._holds(queue, (*_NOW, "ApproximateNumberOfMessagesDelayed")):
                self._open.add(queue)

    def _follow(self) -> bool:
        """Hand on what has changed in the tables; whether there was anything."""
        event = self._streams.take()
        if event is not None:
            self._handle("keep_roll", event)
        return event is not None

    def _work(self, setting: str, name: str) -> bool:
        sqs, url = self._system.clients("sqs"), self._system.environment[setting]
        asked = {"QueueUrl": url, "MaxNumberOfMessages": 1, "AttributeNames": ["All"]}
        for message in sqs.receive_message(**asked).get("Messages", ()):
            (record,) = event_of([message["Body"]], setting)["Records"]
            record |= {"receiptHandle": message["ReceiptHandle"], "attributes": message["Attributes"]}
            if not self._handle(name, {"Records": [record]})["batchItemFailures"]:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return True
        return False

    def _doorway(self, name: str) -> Callable[[dict[str, Any]], Any]:
        """What Lambda's Invoke of a function does."""
        return lambda event: self._handle(name, event)

    def _handle(self, name: str, event: dict[str, Any]) -> Any:
        return importlib.import_module(f"{name}.handler").handle(event, Context(300))

    def _tell(self) -> bool:
        """Tell what became of the mails that have gone out since."""
        new: list[Delivered] = self.ses.mails[self._told :]
        for number, mail in enumerate(new, self._told):
            if "chunk" in mail.tags:
                bodies = events(f"m{number}", mail.to, mail.tags, mail.at, earlier=self._bounced[mail.to])
                self._handle("mail_feedback", event_of(bodies, "FEEDBACK_QUEUE"))
            self._bounced[mail.to] += 1
        self._told += len(new)
        return bool(new)

    def operate(self, event: dict[str, Any]) -> dict[str, Any]:
        """An operator's command; the figures of days that are over, for which no test can wait; whether all work is done."""
        if event.get("kind") == "rest":
            return {"rest": self._at_rest()}
        if event.get("kind") == "figures":
            return self._keep_figures(event["school"], event["days"])
        answer: dict[str, Any] = self._handle("operate", event)
        return answer

    def _keep_figures(self, school: str, days: list[dict[str, Any]]) -> dict[str, Any]:
        """Keep days as ``{"ago": days, "rows": [...], "codes": [...]}``, in the form in which figures are kept."""
        wiring, now = self._system.wirings["daily"], int(time.time())
        for each in days:
            at = now - each["ago"] * 86_400
            wiring.figures(school).put(from_rows(day_of(at), {"codes": each["codes"], "rows": each["rows"]}), at)
        return {"kept": len(days)}

    def bucket(self, method: str, bucket: str, rest: str, headers: dict[str, str], body: bytes) -> requests.Response:
        """A request to a bucket, which moto answers; a file that has come is told."""
        url = f"https://{bucket}.s3.{REGION}.amazonaws.com/{rest}"
        answer = requests.request(method, url, data=body, headers=headers, allow_redirects=False, timeout=60)
        answer.status_code = int(answer.status_code)  # moto gives back the text that the form said
        key = _KEY.search(body)
        if method == "POST" and key and answer.ok and bucket == self._system.environment["UPLOADS_BUCKET"]:
            s3 = {"bucket": {"name": bucket}, "object": {"key": key[1].decode()}}
            event = {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Post", "s3": s3}]}
            self._system.wiring("console").queue("ROSTER_QUEUE").put(event)
        return answer


def _note_queue(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    """What has been sent does not say where to."""
    context["queue"] = params["QueueUrl"]


@contextmanager
def cloud(origin: str, sign_ins: Iterable[str], stand_ins: Mapping[str, str]) -> Iterator[Cloud]:
    """A cloud at ``origin``, which may ask those of ``sign_ins``, some of which stand in for issuers that are far away.

    It fails at its end on what AWS would have denied, or what no register names.
    """
    with running_system(web=True) as system:
        made, stop = Cloud(system, origin, sign_ins, stand_ins), threading.Event()
        workers = threading.Thread(target=made.run, args=(stop,), daemon=True)
        workers.start()
        try:
            yield made
        finally:
            stop.set()
            workers.join(60)
