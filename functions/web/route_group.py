"""Groups of routes, and what holds for each route: parse, check the origin, call the view, answer, let no error text out."""

import functools
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from chalice.app import Blueprint, Response

from latchkey import errors
from latchkey.audit.model.visitors import asking
from latchkey.shared.model.texts import said
from measure.metrics import kind_of, measure
from web.answer import Answer, refuse, respond, shared
from web.logs import log
from web.request import READS, Request, parse

View = Callable[..., Answer]
_PAGES: Final[set[str]] = set()
"""The routes of all pages, as they are registered when a function begins."""
_OUR_FAULT = errors.LatchkeyError(said("Something went wrong on our side. Nothing was lost; try again."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a route was registered with; see ``RouteGroup.on``."""

    page: str | None = None
    form: str | None = None
    open_to_other_sites: bool = False
    fragment: bool = False
    public: bool = False


class RouteGroup(Blueprint):
    """A blueprint of routes that all answer alike. ``origin`` and ``origin_secret`` are looked up when a request comes."""

    def __init__(self, import_name: str, settings: Callable[[], Any]) -> None:
        super().__init__(import_name)
        self._settings = settings
        self.kinds: dict[tuple[str, str], Kind] = {}

    def on(
        self,
        method: str,
        path: str,
        *,
        page: str | None = None,
        form: str | None = None,
        open_to_other_sites: bool = False,
        fragment: bool = False,
        public: bool = False,
    ) -> Callable[[View], View]:
        """Register a view.

        ``page`` is the template of its answer, ``form`` the template to show again if a form post fails. ``fragment``: its
        address has a secret in the fragment, which is put right where a mail program made it a part of the path. ``public``:
        the page is the same for everyone, so CloudFront may keep it. ``open_to_other_sites``: a form of another site comes to
        the view, which has to ask ``request.foreign`` whose it is.
        """
        self.kinds[method, path] = Kind(
            page=page, form=form, open_to_other_sites=open_to_other_sites, fragment=fragment, public=public
        )

        def register(view: View) -> View:
            @functools.wraps(view)
            def handle(**arguments: str) -> Response:
                request: Request | None = None
                try:
                    request = parse(self.current_request)
                    self._check_origin(request, open_to_other_sites)
                    if method == "GET":
                        request.context["here"] = path.format_map(arguments)
                    else:
                        request.form_of = (_page_of_form(path) or "").format_map(arguments) or None
                    if request.moved_to is not None:
                        return respond(request, Answer(status=303, location=request.moved_to), None)
                    with asking(request.source_ip):
                        return shared(request, respond(request, _seen(view, request, arguments), page), public)
                except errors.LatchkeyError as error:
                    return _refused(view, request, error, form)
                except Exception as error:
                    _report(view, error)
                    return _refused(view, request, _OUR_FAULT, None)

            self.route(path, methods=[method], content_types=[], name=f"{method} {path}")(handle)
            return view

        return register

    def _check_origin(self, request: Request, open_to_other_sites: bool) -> None:
        settings = self._settings()
        secret = settings["ORIGIN_SECRET"]
        if secret:
            given = request.headers.get("x-latchkey-origin", "")
            if not hmac.compare_digest(given.encode(), secret.encode()):
                raise errors.Forbidden()
            # Only behind that secret is this header our CloudFront's own; anyone else could write what they like.
            request.source_ip = request.headers.get("x-latchkey-viewer") or request.source_ip
        if request.method in READS:
            return
        request.foreign = _foreign(request, settings["ORIGIN"])
        if request.foreign is not None and not (open_to_other_sites and request.is_form):
            raise errors.Forbidden()


def note_page(method: str, path: str, page: str | None) -> None:
    """A route that an app has; where it is a page, forms below it may be shown on it again."""
    if method == "GET" and page is not None:
        _PAGES.add(path)


def _page_of_form(path: str) -> str | None:
    """The route of the page that has the form of this route: the nearest one above it, or at its own address."""
    while path and path not in _PAGES:
        path = path.rpartition("/")[0]
    return path or None


def _foreign(request: Request, origin: str) -> str | None:
    """The origin of another site's page that sends this, "" where the browser does not say which; None: nobody else's."""
    # A browser always says where a POST comes from. A script that sends JSON without a cookie cannot be another site's page:
    # JSON across sites needs a preflight, which nobody answers.
    # Our pages say "no-referrer", so their own form posts carry "Origin: null" (Fetch, "append a request Origin header"):
    # then only Sec-Fetch-Site, which no page can set, tells whose form it was.
    said = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if said == "null":
        return None if site == "same-origin" else ""
    if said is not None:
        return None if said == origin else said
    if site is not None:
        return None if site in {"same-origin", "none"} else ""
    return "" if request.is_form or request.headers.get("cookie") else None


def _seen(view: View, request: Request, arguments: dict[str, str]) -> Answer:
    try:
        return view(request, **arguments)
    except errors.NotFound:
        if request.when_not_found is not None:
            request.when_not_found()
        raise


def _refused(view: View, request: Request | None, error: errors.LatchkeyError, form: str | None) -> Response:
    try:
        return refuse(request, error, form)
    except Exception as broken:
        _report(view, broken)
        return refuse(None, _OUR_FAULT)


def _report(view: View, error: Exception) -> None:
    """Log the kind and the place only: a message or a trace may hold what somebody typed."""
    measure("Failed", reason=kind_of(error))
    log.error("unexpected error", extra={"error": kind_of(error), "view": view.__name__, "where": place_of(error)})


def place_of(error: BaseException) -> str:
    """File and line where an error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""
