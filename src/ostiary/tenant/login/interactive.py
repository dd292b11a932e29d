"""Signing in by browser: authorization code and admin consent, as pages one can click through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import NoReturn

from aiohttp import web

from ostiary.tenant.directory.objects import DirectoryObject
from ostiary.tenant.login import pages
from ostiary.tenant.login.consent import admin_consent, agree, install, needs_administrator
from ostiary.tenant.login.errors import SignInError, Trace
from ostiary.tenant.login.flows import Flow, Flows, check_redirect
from ostiary.tenant.login.routes import form_of
from ostiary.tenant.login.service import Login

PASSWORD = "Simulated-1"  # noqa: S105
_LISTED_ACCOUNTS = 12


class SignInRoutes:
    """`/authorize`, `/adminconsent` and the forms they lead to."""

    def __init__(self, login: Login, trace: Callable[[web.Request], Trace]) -> None:
        self._login = login
        self._trace = trace
        self._flows = Flows()

    def add_to(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/{realm}/oauth2/v2.0/authorize", self.authorize)
        router.add_get("/{realm}/v2.0/adminconsent", self.admin_consent)
        router.add_get("/{realm}/adminconsent", self.admin_consent)
        router.add_post("/{realm}/login", self.sign_in)
        router.add_post("/{realm}/consent", self.decide)

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        return self._answer(request, lambda: self._begin(request, admin=False))

    async def admin_consent(self, request: web.Request) -> web.StreamResponse:
        return self._answer(request, lambda: self._begin(request, admin=True))

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        return await self._answer_form(request, self._signed_in)

    async def decide(self, request: web.Request) -> web.StreamResponse:
        return await self._answer_form(request, self._decided)

    async def _answer_form(
        self,
        request: web.Request,
        step: Callable[[web.Request, Mapping[str, str]], web.StreamResponse],
    ) -> web.StreamResponse:
        try:
            form = await form_of(request)
        except SignInError as error:
            return self._failed(request, error)
        return self._answer(request, lambda: step(request, form))

    def _answer(
        self, request: web.Request, step: Callable[[], web.StreamResponse]
    ) -> web.StreamResponse:
        try:
            return step()
        except SignInError as error:
            return self._failed(request, error)

    def _failed(self, request: web.Request, error: SignInError) -> web.Response:
        return _html(pages.failure(self._trace(request).describe(error)), status=error.status)

    def _begin(self, request: web.Request, *, admin: bool) -> web.StreamResponse:
        realm, query = request.match_info["realm"], dict(request.query)
        self._login.clients.check_realm(realm)
        app = self._login.clients.find(_required(query, "client_id"), realm)
        check_redirect(app, _required(query, "redirect_uri"))
        flow = Flow(realm, app, query, admin)
        if not admin:
            refused = self._unsupported(flow)
            if refused is not None:
                return self._back_with_error(request, flow, refused)
        return self._sign_in_page(request, self._flows.open(flow), flow)

    def _unsupported(self, flow: Flow) -> SignInError | None:
        if flow.query.get("response_type") != "code":
            return SignInError(
                700054,
                f"response_type '{flow.query.get('response_type', '')}' is not enabled for the "
                "application.",
            )
        if flow.query.get("prompt") == "none":
            return SignInError(50058, "A silent sign-in request was sent but no user is signed in.")
        return None

    def _signed_in(self, request: web.Request, form: Mapping[str, str]) -> web.StreamResponse:
        context = form.get("ctx", "")
        flow = self._flows.get(context)
        try:
            user = self._user(form)
        except SignInError as error:
            text = self._trace(request).describe(error)
            return self._sign_in_page(
                request, context, flow, error=text, username=form.get("username", "")
            )
        flow = replace(flow, user=user)
        self._flows.update(context, flow)
        return self._after_sign_in(request, context, flow)

    def _user(self, form: Mapping[str, str]) -> DirectoryObject:
        """The account clicked, or the one named with its password."""
        tenant = self._login.tenant
        clicked = form.get("account")
        name = form.get("username", "")
        user = tenant.user(clicked) if clicked else tenant.user_by_name(name)
        if user is None:
            raise SignInError(
                50034,
                f"The user account {clicked or name} does not exist in the "
                f"{tenant.display_name} directory. To sign in to this application, the account "
                "must be added to it.",
            )
        if not clicked and form.get("password") != PASSWORD:
            raise SignInError(
                50126, "Error validating credentials due to invalid username or password."
            )
        if user.props.get("accountEnabled") is False:
            raise SignInError(50057, "The user account is disabled.")
        return user

    def _after_sign_in(self, request: web.Request, context: str, flow: Flow) -> web.StreamResponse:
        wanted = flow.wanted()
        if not self._may_agree(flow, wanted):
            return self._approval_page(request, context, flow)
        if not wanted and not flow.admin:
            self._flows.close(context)
            return self._back_with_code(flow)
        page = pages.consent(
            pages.Step(f"/{flow.realm}/consent", context),
            app=flow.app.display_name,
            app_id=flow.app.app_id,
            person=_upn(flow.person),
            permissions=sorted(wanted),
            for_everyone=flow.admin,
            may_choose_everyone=not flow.admin and self._administrator(flow),
        )
        return _html(page)

    def _decided(self, request: web.Request, form: Mapping[str, str]) -> web.StreamResponse:
        context = form.get("ctx", "")
        flow = self._flows.get(context)
        self._flows.close(context)
        wanted = flow.wanted()
        if form.get("decision") == "return" or not self._may_agree(flow, wanted):
            return self._back_with_error(request, flow, _approval_missing())
        if form.get("decision") != "accept":
            declined = SignInError(65004, "User declined to consent to access the app.")
            return self._back_with_error(request, flow, declined)
        if flow.admin:
            admin_consent(self._login.directory, flow.app)
            return self._back_with_admin_consent(flow)
        everyone = form.get("everyone") == "yes" and self._administrator(flow)
        agree(flow.app, flow.person.id, wanted, everyone=everyone)
        install(self._login.directory, flow.app)
        return self._back_with_code(flow)

    def _administrator(self, flow: Flow) -> bool:
        return self._login.tenant.may_consent_for_everyone(flow.person.id)

    def _may_agree(self, flow: Flow, wanted: set[str]) -> bool:
        beyond = flow.admin or any(map(needs_administrator, wanted))
        return not beyond or self._administrator(flow)

    def _sign_in_page(
        self,
        request: web.Request,
        context: str,
        flow: Flow,
        *,
        error: str = "",
        username: str = "",
    ) -> web.Response:
        page = pages.sign_in(
            pages.Step(f"/{flow.realm}/login", context),
            tenant=self._login.tenant.display_name,
            app=flow.app.display_name,
            accounts=self._accounts(),
            password=PASSWORD,
            username=username or flow.query.get("login_hint", ""),
            error=error,
        )
        return _html(page)

    def _accounts(self) -> Iterator[pages.Account]:
        """Administrators who may consent first, then the first people of the directory."""
        tenant = self._login.tenant
        administrators = tenant.consent_administrators()
        for user in administrators[:_LISTED_ACCOUNTS]:
            yield _account(user, "administrator")
        others = (user for user in tenant.users() if user not in administrators)
        for user in islice(others, _LISTED_ACCOUNTS):
            yield _account(user, "disabled" if user.props.get("accountEnabled") is False else "")

    def _approval_page(self, request: web.Request, context: str, flow: Flow) -> web.Response:
        page = pages.approval_needed(
            pages.Step(f"/{flow.realm}/consent", context),
            app=flow.app.display_name,
            person=_upn(flow.person),
            error=self._trace(request).describe(_approval_missing()),
        )
        return _html(page)

    def _back_with_code(self, flow: Flow) -> NoReturn:
        flow.back({"code": self._login.sessions.issue_code(flow.grant)})

    def _back_with_admin_consent(self, flow: Flow) -> NoReturn:
        answer = {"admin_consent": "True", "tenant": self._login.tenant.tenant_id}
        if flow.query.get("scope"):
            answer["scope"] = flow.query["scope"]
        flow.back(answer)

    def _back_with_error(self, request: web.Request, flow: Flow, error: SignInError) -> NoReturn:
        description = self._trace(request).describe(error)
        flow.back({"error": error.error, "error_description": description})


def _approval_missing() -> SignInError:
    return SignInError(
        90094,
        "An administrator of the organization must grant the requested permissions.",
    )


def _account(user: DirectoryObject, note: str) -> pages.Account:
    return pages.Account(user.id, user.display_name or _upn(user), _upn(user), note)


def _upn(user: DirectoryObject) -> str:
    return str(user.props.get("userPrincipalName") or user.id)


def _required(query: Mapping[str, str], name: str) -> str:
    value = query.get(name)
    if not value:
        raise SignInError(900144, f"The request must contain the following parameter: '{name}'.")
    return value


def _html(page: str, *, status: int = 200) -> web.Response:
    return web.Response(text=page, status=status, content_type="text/html", headers=pages.HEADERS)
