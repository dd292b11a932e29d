"""Ways into the web: password, one-time links, OpenID Connect. Each ends in a new session."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import attempts, links, sessions, user_store
from ostiary.server.kernel.auth.caller import actor_of
from ostiary.server.kernel.auth.oidc import Identity
from ostiary.server.kernel.auth.passwords import Passwords, WeakPasswordError, check_password
from ostiary.server.kernel.auth.recognition import Recognizer, nobody
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.auth.users import check_email, create_person, promote_first
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.errors import AppError, Code, denied, failed_precondition, invalid
from ostiary.server.kernel.work import Kernel, UnitOfWork

WRONG = "E-mail address or password is wrong."

log = structlog.get_logger("ostiary.server.auth")


class LinkIsVoidError(AppError):
    """Whoever came by it needs another one."""

    def __init__(self) -> None:
        super().__init__(Code.PERMISSION_DENIED, "This link was used before or has expired.")


@dataclass(frozen=True)
class Browser:
    """Where a sign-in comes from. `cookie` is the session it had before, if any."""

    cookie: str
    address: str
    user_agent: str


def with_password(
    kernel: Kernel, passwords: Passwords, browser: Browser, email: str, password: str
) -> str:
    """A session's cookie. UNAUTHENTICATED without saying which part is wrong, or _EXHAUSTED."""
    account = attempts.account_key(email.strip())
    limits = {
        account: attempts.PER_ACCOUNT,
        attempts.address_key(browser.address): attempts.PER_ADDRESS,
    }
    with kernel.work(SYSTEM) as unit:
        refusal = attempts.count(unit, limits)
    if refusal:
        log.warning("sign_in.throttled", address=browser.address)
        raise refusal
    with kernel.read() as connection:
        user = user_store.find_by_email(connection, email.strip())
        known = user_store.password_of(connection, user) if user else None
    right = passwords.verify(known, password)
    if user is None or user.status != "enabled" or not right:
        _record_failure(kernel, user, browser)
        raise AppError(Code.UNAUTHENTICATED, WRONG)
    with kernel.work(actor_of(user)) as unit:
        attempts.forgive(unit, account)
        if known and passwords.is_outdated(known):
            user_store.set_password(unit, user, passwords.hash(password))
        return _open(unit, user, browser, "password")


def with_bootstrap_link(
    kernel: Kernel,
    passwords: Passwords,
    browser: Browser,
    *,
    token: str,
    email: str,
    display_name: str,
    password: str,
) -> str:
    """The first Super Administrator, with a local account."""
    address = check_email(email)
    _check(password, address, display_name)
    with kernel.read() as connection:
        if not links.is_live_bootstrap(connection, token, kernel.clock.now()):
            raise LinkIsVoidError
    hashed = passwords.hash(password)
    with kernel.work(SYSTEM) as unit:
        if not links.use_bootstrap(unit, token):
            raise LinkIsVoidError
        user = create_person(unit, address, display_name, "local")
        user_store.set_password(unit, user, hashed)
        promote_first(unit, user)
        return _open(unit, user, browser, "bootstrap link")


def with_password_link(
    kernel: Kernel, passwords: Passwords, browser: Browser, *, token: str, password: str
) -> str:
    """Sets the password; whoever was signed in with the old one is signed out."""
    with kernel.read() as connection:
        user = links.find_password_link(connection, token, kernel.clock.now())
    if user is None:
        raise LinkIsVoidError
    _check(password, user.email, user.display_name)
    hashed = passwords.hash(password)
    with kernel.work(actor_of(user)) as unit:
        if not links.use_password_link(unit, token):
            raise LinkIsVoidError
        user_store.set_password(unit, user, hashed)
        attempts.forgive(unit, attempts.account_key(user.email))
        sessions.close_all(unit, user)
        unit.audit("auth.password.change", "user", user.public_id)
        return _open(unit, user, browser, "password link")


def with_identity(
    kernel: Kernel,
    browser: Browser,
    identity: Identity,
    bootstrap: str = "",
    recognize: Recognizer = nobody,
) -> str:
    """By the provider's subject, as it was linked or as a directory knows it; else by an address
    that the provider vouches for; else as somebody new."""
    with kernel.work(SYSTEM) as unit:
        is_first = bool(bootstrap) and links.use_bootstrap(unit, bootstrap)
        if bootstrap and not is_first:
            raise LinkIsVoidError
        if not is_first and not _is_set_up(unit):
            raise failed_precondition(
                "Nobody has set this server up yet: open the link that it printed at its start."
            )
        user = user_store.find_by_identity(unit.connection, identity.issuer, identity.subject)
        user = user or _recognized(unit, identity, recognize) or _link(unit, identity)
        if is_first:
            user = promote_first(unit, user)
        if user.status != "enabled":
            raise denied("This account is disabled.")
        return _open(unit, user, browser, identity.issuer)


def sign_out(kernel: Kernel, user: User, cookie: str) -> None:
    with kernel.work(actor_of(user)) as unit:
        if sessions.close_session(unit, cookie):
            unit.audit("auth.session.close", "user", user.public_id)


def _is_set_up(unit: UnitOfWork) -> bool:
    return user_store.somebody_has_role(unit.connection, SUPER_ADMINISTRATOR.id)


def _recognized(unit: UnitOfWork, identity: Identity, recognize: Recognizer) -> User | None:
    known = recognize(unit.connection, identity.issuer, identity.subject)
    user = user_store.find_public(unit.connection, known, "human") if known else None
    if user is not None:
        _record_link(unit, user, identity)
    return user


def _link(unit: UnitOfWork, identity: Identity) -> User:
    email = check_email(identity.email)
    user = user_store.find_by_email(unit.connection, email)
    if user is None:
        user = create_person(unit, email, identity.display_name, "oidc")
    elif not identity.email_is_verified:
        hint = "set OSTIARY_OIDC_TRUST_EMAIL if only administrators of the provider set addresses"
        log.warning("sign_in.email_not_verified", user=user.public_id, hint=hint)
        raise denied("This e-mail address has an account, and the provider does not vouch for it.")
    elif user_store.has_identity(unit.connection, user, identity.issuer):
        raise denied("This e-mail address belongs to somebody else at the same provider.")
    _record_link(unit, user, identity)
    return user


def _record_link(unit: UnitOfWork, user: User, identity: Identity) -> None:
    user_store.link_identity(unit, user, identity.issuer, identity.subject)
    linked = {"issuer": identity.issuer, "subject": identity.subject}
    unit.audit("auth.identity.link", "user", user.public_id, after=linked)


def _open(unit: UnitOfWork, user: User, browser: Browser, means: str) -> str:
    cookie = sessions.open_session(
        unit,
        user,
        replacing=browser.cookie,
        address=browser.address,
        user_agent=browser.user_agent,
    )
    after = {"means": means, "address": browser.address}
    unit.audit("auth.session.open", "user", user.public_id, after=after)
    return cookie


def _record_failure(kernel: Kernel, user: User | None, browser: Browser) -> None:
    """Never what was typed: people type passwords into the wrong field.

    Also for accounts that do not exist, so that both cases take equally long.
    """
    identity = user.public_id if user else ""
    log.warning("sign_in.refused", user=identity, address=browser.address)
    with kernel.work(SYSTEM) as unit:
        unit.audit("auth.sign_in.refuse", "user", identity, after={"address": browser.address})


def _check(password: str, *personal: str) -> None:
    try:
        check_password(password, *personal)
    except WeakPasswordError as error:
        raise invalid(str(error)) from None
