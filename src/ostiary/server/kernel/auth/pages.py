"""The few pages that signing in needs. Plain HTML, no framework, no third party.

They look like the pages behind them, but need none of their files: whoever cannot sign in has
nothing else to find out why.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from starlette.responses import HTMLResponse

from ostiary.server.kernel.auth.passwords import LONGEST, SHORTEST

STYLE = (
    ":root{color-scheme:light dark;--ground:#f6f7f9;--surface:#fff;--line:#dfe3e8;--edge:#8793a3;"
    "--ink:#1b2430;--quiet:#566273;--accent:#1f5fa8;--on-accent:#fff;--danger:#b02a2a;"
    "--danger-ground:#fceaea}"
    "@media(prefers-color-scheme:dark){:root{--ground:#11161d;--surface:#1a212b;--line:#364151;"
    "--edge:#6b788b;--ink:#e4e9f0;--quiet:#a3afbf;--accent:#7db4f0;--on-accent:#0d1219;"
    "--danger:#f49a9a;--danger-ground:#442022}}"
    "*{box-sizing:border-box}"
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:var(--ground);color:var(--ink);"
    "overflow-wrap:anywhere}"
    "main{max-width:26rem;margin:0 auto;padding:10vh 1rem 2rem}"
    ".brand{display:flex;align-items:center;gap:.6rem;font-size:1.125rem;font-weight:650;"
    "margin:0 0 1.5rem}"
    ".brand svg{color:var(--accent)}"
    ".card{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:2rem}"
    "h1{font-size:1.375rem;line-height:2rem;margin:0 0 .5rem}"
    "p{margin:0 0 .5rem}"
    "label{display:block;margin:1rem 0 .25rem;font-weight:500}"
    "input{width:100%;font:inherit;padding:.5rem .75rem;color:inherit;background:var(--surface);"
    "border:1px solid var(--edge);border-radius:6px}"
    "small{color:var(--quiet)}"
    "button{font:inherit;font-weight:500;width:100%;min-height:2.75rem;padding:.5rem 1rem;"
    "margin:1.5rem 0 0;border:1px solid var(--accent);border-radius:6px;background:var(--accent);"
    "color:var(--on-accent);cursor:pointer}"
    "button+button,form+form button{margin-top:.75rem;background:none;color:var(--ink);"
    "border-color:var(--edge)}"
    ":focus-visible{outline:3px solid var(--accent);outline-offset:2px}"
    "[role=alert]{background:var(--danger-ground);color:var(--danger);border-radius:6px;"
    "padding:.75rem 1rem;margin:1rem 0}"
    "a{color:var(--accent)}"
    "code{font-size:1.5rem;letter-spacing:.1em}"
)
MARK = (
    '<svg width="28" height="28" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linejoin="round" stroke-linecap="round" aria-hidden="true">'
    '<path d="M5 22V10a7 7 0 0 1 14 0v12z"/><path d="M12 12v5"/><circle cx="12" cy="12" r="1"/>'
    "</svg>"
)
START_AGAIN = (
    '<p>If Ostiary is set up already, <a href="/auth/sign_in">sign in</a> instead.</p>'
    "<p>If it is not, whoever runs the server starts it again: until there is a Super "
    "Administrator, <b>ostiary serve</b> prints a new link at each start.</p>"
)
ASK_AGAIN = (
    '<p>If you chose a password with it, <a href="/auth/sign_in">sign in</a>.</p>'
    "<p>If not, ask an administrator for a new link. Whoever runs the server gets one with "
    "<b>ostiary users link</b> and your e-mail address.</p>"
)
TAKE_CODE = (
    "const c=document.querySelectorAll('[name=code]');"
    "if(location.hash.length>1){for(const i of c)i.value=location.hash.slice(1);"
    "history.replaceState(null,'',location.pathname)}"
)
"""Moves the secret of a one-time link from the fragment, which no server sees, into the forms."""


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src {_source(STYLE)}; script-src {_source(TAKE_CODE)}; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not "no-referrer": with it browsers call the origin of these forms "null".
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def sign_in_page(
    *, return_to: str, provider: str, email: str = "", problem: str = "", status: int = 200
) -> HTMLResponse:
    body = _form(
        "/auth/sign_in",
        _hidden("return_to", return_to),
        _input("email", "E-mail address", "email", "username", value=email),
        _input("password", "Password", "password", "current-password"),
        "<button>Sign in</button>",
    ) + _provider(provider, return_to)
    return _page("Sign in", body, problem, status)


def start_page(
    *,
    provider: str,
    email: str = "",
    display_name: str = "",
    problem: str = "",
    is_void: bool = False,
    status: int = 200,
) -> HTMLResponse:
    """`is_void`: the problem is the link."""
    intro = START_AGAIN if is_void else "<p>You will be the first Super Administrator.</p>"
    body = intro + _form(
        "/auth/start",
        _code_input(),
        _input("email", "E-mail address", "email", "username", value=email),
        _input("display_name", "Name", "text", "name", value=display_name),
        _new_password(),
        "<button>Set up</button>",
    )
    return _page("Set up Ostiary", body + _provider(provider, "/", code=True), problem, status)


def password_page(*, problem: str = "", is_void: bool = False, status: int = 200) -> HTMLResponse:
    """`is_void`: the problem is the link."""
    form = _form("/auth/password", _code_input(), _new_password(), "<button>Save</button>")
    intro = ASK_AGAIN if is_void else ""
    return _page("Choose a password", intro + form, problem, status)


def device_code_page(*, problem: str = "", status: int = 200) -> HTMLResponse:
    form = _form(
        "/auth/device",
        _input("user_code", "Code that the program shows", "text", "off"),
        "<button>Continue</button>",
        method="get",
    )
    return _page("Sign in a program", form, problem, status)


def device_page(*, user_code: str, program: str, who: str, csrf_token: str) -> HTMLResponse:
    body = (
        f"<p>You, {escape(who)}, are asked to let {escape(program)} act in your name. "
        f"Go on only if it shows this code:</p><p><code>{escape(user_code)}</code></p>"
    ) + _form(
        "/auth/device",
        _hidden("user_code", user_code),
        _hidden("csrf_token", csrf_token),
        '<button name="decision" value="approve">Approve</button>',
        '<button name="decision" value="deny">Deny</button>',
    )
    return _page("Sign in a program", body)


def message_page(title: str, text: str, status: int = 200) -> HTMLResponse:
    return _page(title, f"<p>{escape(text)}</p>", status=status)


def _page(title: str, body: str, problem: str = "", status: int = 200) -> HTMLResponse:
    alert = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · '
        'Ostiary</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{STYLE}</style></head><body><main><p class="brand">{MARK}Ostiary</p>'
        f'<div class="card"><h1>{escape(title)}</h1>{alert}{body}</div></main>'
        f"<script>{TAKE_CODE}</script></body></html>"
    )
    return HTMLResponse(html, status, HEADERS)


def _form(action: str, *parts: str, method: str = "post") -> str:
    return f'<form method="{method}" action="{action}">{"".join(parts)}</form>'


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _input(name: str, label: str, kind: str, complete: str, value: str = "", more: str = "") -> str:
    return (
        f'<label for="{name}">{label}</label><input id="{name}" name="{name}" type="{kind}" '
        f'autocomplete="{complete}" value="{escape(value)}" required {more}>'
    )


def _code_input() -> str:
    return _input("code", "Code from the link", "password", "off")


def _new_password() -> str:
    limits = f'minlength="{SHORTEST}" maxlength="{LONGEST}" aria-describedby="limits"'
    field = _input("password", "Password", "password", "new-password", more=limits)
    return f'{field}<small id="limits">At least {SHORTEST} characters</small>'


def _provider(name: str, return_to: str, *, code: bool = False) -> str:
    if not name:
        return ""
    return _form(
        "/auth/oidc",
        _hidden("return_to", return_to),
        _hidden("code", "") if code else "",
        f"<button>Sign in with {escape(name)}</button>",
    )
