"""Answers: one result of a view as JSON or as a page, errors as problem details (RFC 9457) or as a page, and their headers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from chalice.app import Response

from latchkey import errors
from latchkey.shared.catalogues import catalogue
from latchkey.shared.model.texts import translated
from web import way_back
from web.confirming import asked_by
from web.languages import QUERY, language_of
from web.request import Malformed, NotAllowed, Request, TooLarge, UnsupportedMedia

STATUS: Final[dict[type[errors.LatchkeyError], int]] = {
    Malformed: 400,
    TooLarge: 413,
    UnsupportedMedia: 415,
    NotAllowed: 405,
    errors.Invalid: 422,
    errors.SignInFailed: 401,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.TryLater: 503,
}
SET_UP: Final = "/account/second-factors/needed"
"""Where a browser is led that has to set up a second factor first."""
_SAFE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Vary": "Accept, Accept-Language, Cookie, Authorization",
}


# What CloudFront keeps for a minute, for everybody: it tells pages apart by path, Accept, language (made of two headers) and the
# few parameters of its cache policy. To browsers it says "no-store" in place of this.
_KEPT: Final = 60  # seconds
_SHARED_HEADERS: Final = {"Cache-Control": f"public, max-age=0, s-maxage={_KEPT}", "Vary": "Accept, Accept-Language, Cookie"}


@dataclass(slots=True, kw_only=True)
class Answer:
    """What a view gives back.

    ``data`` is the JSON answer (None: an empty one); a browser gets ``location`` if there is one (303; or 307, which
    makes it send the same form there), else the page with ``data`` and ``context``. ``form_targets`` are other origins to which
    the page's forms may post. ``body`` is a ready text whose Content-Type stands in ``headers``: an asset, the same for everyone.
    """

    data: Mapping[str, Any] | None = None
    status: int = 200
    page: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    location: str | None = None
    headers: Mapping[str, str | list[str]] = field(default_factory=dict)
    form_targets: tuple[str, ...] = ()
    body: str | bytes | None = None


def policy(form_targets: tuple[str, ...] = (), *, frames_own: bool = False) -> str:
    """The Content-Security-Policy: nothing from elsewhere, nothing inline."""
    targets, frames = " ".join(("'self'", *form_targets)), "; frame-src 'self'" if frames_own else ""
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'{frames}"
    )


def respond(request: Request, answer: Answer, page: str | None) -> Response:
    """The HTTP response of a view's answer."""
    if answer.body is not None:
        return _response(answer.body, answer.status, answer.headers)
    if request.wants_page and answer.location is not None:
        return _response("", 307 if answer.status == 307 else 303, {"Location": answer.location, **answer.headers})
    shown = answer.page or page
    if request.wants_page and shown is not None and answer.status != 204:
        from web.pages import render  # Jinja is loaded only by a function that is asked for a page

        headers = answer.headers
        if way_back.lost_a_form(request):
            request.context["lost_a_form"] = True
            headers = {**headers, "Set-Cookie": way_back.forgotten(request)}
        body = render(shown, {**request.context, "data": answer.data or {}, **answer.context}, language_of(request))
        return _page(body, answer.status, headers, answer.form_targets, frames_own=request.frames_own)
    if answer.data is None:
        extra = {"Location": answer.location} if answer.location is not None and answer.status in {201, 303, 307} else {}
        return _response("", answer.status if answer.status != 200 else 204, {**extra, **answer.headers})
    located = {"Location": answer.location} if answer.location is not None and answer.status in {201, 202, 303} else {}
    return _response(to_json(answer.data), answer.status, {"Content-Type": "application/json", **located, **answer.headers})


def shared(request: Request, response: Response, public: bool) -> Response:
    """The response, which may be kept for everyone if it is a public page that nobody asked anything of."""
    if public and request.wants_page and not request.query and response.status_code == 200:
        response.headers.update(_SHARED_HEADERS)
        if request.keep_for is not None:  # a notice appears or goes: afterwards this page is wrong, also while the API is broken
            kept = min(_KEPT, max(0, request.keep_for))
            response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={kept}, stale-if-error=0"
    return response


def refuse(request: Request | None, error: errors.LatchkeyError, form: str | None = None) -> Response:
    """The HTTP response of an error: problem details, the form again with what is wrong, or the error page."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    headers: dict[str, str] = {"Retry-After": str(error.retry_after)} if isinstance(error, errors.TooMany) else {}
    problem = problem_of(status, error)
    if request is None or not request.wants_page:
        if request is not None and QUERY in request.query:  # a script of a page, which shows the sentence to its reader
            problem = _in_language(problem, language_of(request))
        return _response(to_json(problem), status, {"Content-Type": "application/problem+json", **headers})
    if (elsewhere := _elsewhere(request, error)) is not None:
        kept = way_back.kept(request) if isinstance(error, errors.NotSignedIn) else {}
        return _response("", 303, {"Location": elsewhere, **kept})
    if isinstance(error, errors.ConfirmAgain):
        return _page(_asking(request), status, headers)
    from web.pages import render

    typed = {name: value for name, value in request.fields.items() if not _is_secret(name, value)}
    page = form if form is not None and request.is_form and status in {401, 409, 410, 422, 429} else "error.html"
    # What is broken may be kept by anything on the way, so nobody's name, school or menu is on it.
    context = request.context if status < 500 else {}
    values = {"data": {}, **context, "problem": {"fields": {}, **problem}, "typed": typed}
    body = render(page, values, language_of(request))
    return _page(body, status, headers, frames_own=request.frames_own)


def _is_secret(name: str, value: object) -> bool:
    """Whether a field is never given back to be shown again: by its name, or because a private key was pasted into it."""
    named = "password" in name or name in {"token", "code"} or name.endswith("client_secret")
    return named or (isinstance(value, str) and "PRIVATE KEY-----" in value)


def _elsewhere(request: Request, error: errors.LatchkeyError) -> str | None:
    """Where a browser has to go first: to sign in, or to set up a second factor."""
    if isinstance(error, errors.NotSignedIn) and "sign_in" in request.context:
        return str(request.context["sign_in"])
    return SET_UP if isinstance(error, errors.SecondFactorNeeded) else None


def _asking(request: Request) -> str:
    """The page that asks to confirm, and holds the form that was sent."""
    from web.pages import render

    return render("second_factors/confirm.html", {"problem": None, "data": {}, **asked_by(request)}, language_of(request))


def problem_of(status: int, error: errors.LatchkeyError) -> dict[str, Any]:
    """Problem details: ``code`` is the stable word, ``fields`` what is wrong with which field."""
    problem: dict[str, Any] = {
        "type": f"urn:latchkey:problem:{error.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": error.code,
        "detail": error.detail,
    }
    if isinstance(error, errors.Invalid) and error.fields:
        problem["fields"] = error.fields
    if isinstance(error, errors.SignsInElsewhere):
        problem["sign_in"] = error.place
    return problem


def _in_language(problem: dict[str, Any], code: str) -> dict[str, Any]:
    """The problem with its sentences in a language; ``code`` and ``title`` stay what programs read."""
    texts = catalogue(code)[1]
    said: dict[str, Any] = {"detail": translated(problem["detail"], texts)}
    if "fields" in problem:
        said["fields"] = {name: translated(text, texts) for name, text in problem["fields"].items()}
    return problem | said


def to_json(data: Mapping[str, Any]) -> str:
    """Compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _page(
    body: str,
    status: int,
    headers: Mapping[str, str | list[str]],
    form_targets: tuple[str, ...] = (),
    *,
    frames_own: bool = False,
) -> Response:
    return _response(
        body,
        status,
        {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": policy(form_targets, frames_own=frames_own),
            **headers,
        },
    )


def _response(body: str | bytes, status: int, headers: Mapping[str, str | list[str]]) -> Response:
    return Response(body, {"Content-Security-Policy": policy(), **_SAFE_HEADERS, **headers}, status)
