"""Sign-in in a browser: password, one-time links, OpenID Connect, devices, sign-out."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from ostiary.server.kernel.auth import attempts, devices, pages, sign_in
from ostiary.server.kernel.auth.authentication import (
    Authentication,
    AuthenticationOf,
    PossibleCaller,
    address_of,
    cookie_name,
    session_cookie,
)
from ostiary.server.kernel.auth.digests import new_token
from ostiary.server.kernel.auth.oidc import Oidc
from ostiary.server.kernel.auth.sessions import LIFE
from ostiary.server.kernel.auth.sign_in import Browser
from ostiary.server.kernel.authz.enforcement import Access, public, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.errors import AppError, denied, not_found
from ostiary.server.kernel.rest import KernelOf, Message

OIDC_MINUTES = 10
CODES_PER_PERSON = 20

router = APIRouter(prefix="/auth", include_in_schema=False)

Field = Annotated[str, Form()]


def same_origin(request: Request) -> None:
    """Browsers say where a form comes from; a form of another site must not sign anybody in."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site not in (None, "same-origin", "none")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        foreign = True
    if foreign:
        raise denied("this form was sent from another site")


SIGN_IN: Any = [public("signs somebody in"), Depends(same_origin)]
PAGE: Any = [public("leads to a sign-in")]


@router.get("/sign_in", dependencies=PAGE)
def sign_in_page(authentication: AuthenticationOf, return_to: str = "/") -> Response:
    return pages.sign_in_page(return_to=_local(return_to), provider=_provider(authentication))


@router.post("/sign_in", dependencies=SIGN_IN)
def sign_in_with_password(
    request: Request,
    kernel: KernelOf,
    authentication: AuthenticationOf,
    email: Field = "",
    password: Field = "",
    return_to: Field = "/",
) -> Response:
    try:
        cookie = sign_in.with_password(
            kernel, authentication.passwords, _browser(request), email, password
        )
    except AppError as error:
        page = pages.sign_in_page(
            return_to=_local(return_to),
            provider=_provider(authentication),
            email=email,
            problem=error.message,
            status=error.status,
        )
        page.headers.update(error.headers)
        return page
    return _signed_in(request, cookie, return_to)


@router.get("/start", dependencies=PAGE)
def start_page(authentication: AuthenticationOf) -> Response:
    return pages.start_page(provider=_provider(authentication))


@router.post("/start", dependencies=SIGN_IN)
def start(
    request: Request,
    kernel: KernelOf,
    authentication: AuthenticationOf,
    code: Field = "",
    email: Field = "",
    display_name: Field = "",
    password: Field = "",
) -> Response:
    try:
        cookie = sign_in.with_bootstrap_link(
            kernel,
            authentication.passwords,
            _browser(request),
            token=code,
            email=email,
            display_name=display_name,
            password=password,
        )
    except AppError as error:
        return pages.start_page(
            provider=_provider(authentication),
            email=email,
            display_name=display_name,
            problem=error.message,
            is_void=isinstance(error, sign_in.LinkIsVoidError),
            status=error.status,
        )
    return _signed_in(request, cookie, "/")


@router.get("/password", dependencies=PAGE)
def password_page() -> Response:
    return pages.password_page()


@router.post("/password", dependencies=SIGN_IN)
def set_password(
    request: Request,
    kernel: KernelOf,
    authentication: AuthenticationOf,
    code: Field = "",
    password: Field = "",
) -> Response:
    try:
        cookie = sign_in.with_password_link(
            kernel,
            authentication.passwords,
            _browser(request),
            token=code,
            password=password,
        )
    except AppError as error:
        is_void = isinstance(error, sign_in.LinkIsVoidError)
        return pages.password_page(problem=error.message, is_void=is_void, status=error.status)
    return _signed_in(request, cookie, "/")


@router.post("/oidc", dependencies=SIGN_IN)
def oidc_start(
    request: Request,
    authentication: AuthenticationOf,
    return_to: Field = "/",
    code: Field = "",
) -> Response:
    """`code` is a bootstrap link's, if that is how it began."""
    oidc, secret = _oidc(authentication), new_token()
    url = oidc.authorization_url(secret, str(request.url_for("oidc_callback")))
    response = RedirectResponse(url, 303, {"Cache-Control": "no-store"})
    attempt = f"{secret}|{code}|{quote(_local(return_to), safe='/')}"
    _set_cookie(request, response, _oidc_cookie(request), attempt, OIDC_MINUTES * 60)
    return response


@router.get("/oidc/callback", dependencies=PAGE)
def oidc_callback(
    request: Request,
    kernel: KernelOf,
    authentication: AuthenticationOf,
    state: str = "",
    code: str = "",
) -> Response:
    attempt = request.cookies.get(_oidc_cookie(request), "").split("|")
    secret, bootstrap, return_to = attempt if len(attempt) == 3 else ("", "", "/")
    try:
        identity = _oidc(authentication).identify(
            secret or new_token(),
            state=state,
            code=code,
            redirect_uri=str(request.url_for("oidc_callback")),
            now=kernel.clock.now(),
        )
        cookie = sign_in.with_identity(
            kernel, _browser(request), identity, bootstrap, authentication.recognize
        )
    except AppError as error:
        return pages.message_page("Sign-in failed", error.message, error.status)
    response = _signed_in(request, cookie, return_to)
    response.delete_cookie(
        _oidc_cookie(request), secure=request.url.scheme == "https", httponly=True
    )
    return response


@router.get("/device", dependencies=PAGE)
def device_page(
    request: Request, kernel: KernelOf, caller: PossibleCaller, user_code: str = ""
) -> Response:
    """Anonymous people sign in first and come back."""
    if caller is None or caller.via != "session":
        here = f"/auth/device?user_code={quote(user_code)}"
        return RedirectResponse(f"/auth/sign_in?return_to={quote(here)}", 303)
    if not user_code:
        return pages.device_code_page()
    with kernel.work(caller.actor) as unit:
        limit = {f"device_code:{caller.user.id}": CODES_PER_PERSON}
        refusal = attempts.count(unit, limit)
        device = devices.find_pending(unit.connection, user_code, unit.now)
    if refusal or device is None:
        problem = refusal.message if refusal else "There is no such code, or it has expired."
        return pages.device_code_page(problem=problem, status=refusal.status if refusal else 404)
    return pages.device_page(
        user_code=device.user_code,
        program=device.program,
        who=caller.user.email,
        csrf_token=caller.csrf_token,
    )


@router.post("/device")
def decide_device(
    kernel: KernelOf,
    access: Annotated[Access, requires(Permission.SELF)],
    user_code: Field = "",
    decision: Field = "",
) -> Response:
    caller = access.caller
    if caller.via != "session":
        raise denied("only somebody in a browser can approve a program")
    approve = decision == "approve"
    with kernel.work(caller.actor) as unit:
        device = devices.find_pending(unit.connection, user_code, unit.now)
        if device is None or not devices.decide(unit, device, caller.user, approve=approve):
            raise not_found("there is no such code, or it has expired")
        verb = "approve" if approve else "deny"
        after = {"program": device.program}
        unit.audit(f"auth.device.{verb}", "device", device.public_id, after=after)
    text = "You can close this window." if approve else "The program was refused."
    return pages.message_page("Done", text)


@router.post("/sign_out")
def sign_out(
    request: Request, kernel: KernelOf, access: Annotated[Access, requires(Permission.SELF)]
) -> Response:
    sign_in.sign_out(kernel, access.caller.user, session_cookie(request))
    response = RedirectResponse("/auth/sign_in", 303)
    response.delete_cookie(
        cookie_name(request), secure=request.url.scheme == "https", httponly=True
    )
    return response


class Session(Message):
    user_id: str
    email: str
    csrf_token: str


@router.get("/session")
def session(access: Annotated[Access, requires(Permission.SELF)]) -> Session:
    """For pages and scripts: the token to send with unsafe requests."""
    user = access.caller.user
    return Session(user_id=user.public_id, email=user.email, csrf_token=access.caller.csrf_token)


def _browser(request: Request) -> Browser:
    agent = request.headers.get("user-agent", "")
    return Browser(session_cookie(request), address_of(request), agent)


def _signed_in(request: Request, cookie: str, return_to: str) -> Response:
    response = RedirectResponse(_local(return_to), 303, {"Cache-Control": "no-store"})
    _set_cookie(request, response, cookie_name(request), cookie, int(LIFE.total_seconds()))
    return response


def _set_cookie(request: Request, response: Response, name: str, value: str, age: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=age,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _oidc_cookie(request: Request) -> str:
    return f"{cookie_name(request)}_oidc"


def _local(path: str) -> str:
    """Where to go afterwards: a path of ours, never another site."""
    is_path = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_path and path.isprintable() and "\\" not in path else "/"


def _provider(authentication: Authentication) -> str:
    return authentication.oidc.settings.label if authentication.oidc else ""


def _oidc(authentication: Authentication) -> Oidc:
    if authentication.oidc is None:
        raise not_found("no sign-in provider is set up")
    return authentication.oidc
