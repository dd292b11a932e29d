"""The few pages a person sees while signing in. No scripts; every value is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_STYLE = """
:root{color-scheme:light dark;--page:#f3f4f6;--card:#fff;--ink:#1b1f24;--soft:#57606a;
--line:#d0d7de;--act:#0f6cbd;--on-act:#fff;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--page:#0f1215;--card:#1a1f24;--ink:#e6edf3;--soft:#9aa5b1;
--line:#343b43;--act:#4ea1f0;--on-act:#08131d;--bad:#ff8a7a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:1.5rem 1rem 3rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.5rem}
h1{font-size:1.4rem;line-height:1.25;margin:.25rem 0 .75rem;text-wrap:balance}
h2{font-size:1rem;margin:1.5rem 0 .5rem}
p{margin:.5rem 0}.soft{color:var(--soft);font-size:.875rem}
.bad{color:var(--bad);overflow-wrap:anywhere}
label{display:block;margin:.75rem 0 .25rem;font-weight:600}
input[type=text],input[type=password]{width:100%;font:inherit;padding:.6rem .7rem;color:inherit;
background:transparent;border:1px solid var(--line);border-radius:8px}
button{font:inherit;cursor:pointer;border-radius:8px;border:1px solid var(--line);
padding:.6rem 1rem;background:transparent;color:inherit;min-height:44px}
button.act{background:var(--act);border-color:var(--act);color:var(--on-act);font-weight:600}
button.account{display:block;width:100%;text-align:left;margin:.4rem 0;overflow-wrap:anywhere}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
.row{display:flex;gap:.75rem;flex-wrap:wrap;margin-top:1.25rem}
ul{padding-left:1.2rem;margin:.5rem 0}li{overflow-wrap:anywhere}
code{font-family:ui-monospace,monospace;font-size:.9em}
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Account:
    """One entry of the account list; `note` is shown beside the name."""

    id: str
    name: str
    upn: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a form posts to, and the sign-in it belongs to."""

    action: str
    context: str


def sign_in(
    step: Step,
    *,
    tenant: str,
    app: str,
    accounts: Iterable[Account],
    password: str,
    username: str = "",
    error: str = "",
) -> str:
    """Type a name and password, or click an account."""
    complaint = f'<p class="bad" role="alert">{escape(error)}</p>' if error else ""
    listed = "".join(map(_account, accounts))
    return _page(
        f"Sign in to {tenant}",
        f"""<p class="soft">Simulated tenant {escape(tenant)}</p>
<h1>Sign in to continue to {escape(app)}</h1>{complaint}
{_form(step)}<label for="username">User principal name</label>
<input type="text" id="username" name="username" value="{escape(username)}"
 autocomplete="username" autocapitalize="none" spellcheck="false">
<label for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password">
<p class="soft">Every account here has the password <code>{escape(password)}</code>.</p>
<div class="row"><button class="act">Sign in</button></div></form>
<h2>Or pick an account</h2>
{_form(step)}{listed}</form>""",
    )


def consent(
    step: Step,
    *,
    app: str,
    app_id: str,
    person: str,
    permissions: Iterable[str],
    for_everyone: bool,
    may_choose_everyone: bool,
) -> str:
    """Accept or cancel; administrators may accept for the whole organization."""
    listed = "".join(f"<li><code>{escape(one)}</code></li>" for one in permissions)
    whom = "in the whole organization" if for_everyone else f"for {person}"
    choice = (
        '<label><input type="checkbox" name="everyone" value="yes"> '
        "Consent on behalf of your organization</label>"
        if may_choose_everyone
        else ""
    )
    return _page(
        "Permissions requested",
        f"""<p class="soft">{escape(person)}</p>
<h1>{escape(app)} asks for permissions {escape(whom)}</h1>
<p class="soft">App id <code>{escape(app_id)}</code></p>
<ul>{listed}</ul>
{_form(step)}{choice}
<div class="row"><button class="act" name="decision" value="accept">Accept</button>
<button name="decision" value="cancel">Cancel</button></div></form>""",
    )


def approval_needed(step: Step, *, app: str, person: str, error: str) -> str:
    """Only an administrator may agree to this; all a person can do is go back."""
    return _page(
        "Admin approval needed",
        f"""<p class="soft">{escape(person)}</p>
<h1>{escape(app)} needs an administrator's approval</h1>
<p>It asks for permissions that only an administrator of this organization can grant.</p>
<p class="soft bad">{escape(error)}</p>
{_form(step)}<div class="row"><button name="decision" value="return">Return to the application
without granting consent</button></div></form>""",
    )


def failure(error: str) -> str:
    """A request that cannot go back to the application."""
    return _page(
        "Sign-in failed",
        f'<h1>This sign-in cannot go on</h1><p class="bad" role="alert">{escape(error)}</p>',
    )


def _account(account: Account) -> str:
    note = f" · {escape(account.note)}" if account.note else ""
    return (
        f'<button class="account" name="account" value="{escape(account.id)}">'
        f"<strong>{escape(account.name)}</strong>{note}<br>"
        f'<span class="soft">{escape(account.upn)}</span></button>'
    )


def _form(step: Step) -> str:
    return (
        f'<form method="post" action="{escape(step.action)}">'
        f'<input type="hidden" name="ctx" value="{escape(step.context)}">'
    )


def _page(title: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f'<body><main><div class="card">{content}</div></main></body></html>'
    )
