"""The questions that stand ready: what each asks, and what its answer cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Question:
    """`asks`: in one sentence. `doubt`: what is not known, and what that means for the answer.
    `href`: where else it is answered."""

    key: str
    title: str
    asks: str
    icon: str
    doubt: str = ""
    href: str = ""

    @property
    def path(self) -> str:
        return self.href or f"/explore/{self.key}"


ORPHANS: Final = Question(
    "orphans",
    "Orphaned accounts",
    "Accounts that belong to nobody, or to somebody who is disabled or gone.",
    "user-question",
    href="/people/orphans",
)
EXTERNAL: Final = Question(
    "external",
    "External people with access",
    "Accounts of guests, or with an address outside the trusted domains, that hold something.",
    "world",
)
DISABLED: Final = Question(
    "disabled",
    "Disabled accounts with access",
    "Accounts that are disabled and hold something all the same.",
    "user-off",
    "They cannot sign in now. What they hold is theirs again the moment they are enabled.",
)
STANDING: Final = Question(
    "standing",
    "Standing privilege",
    "Roles, and groups that roles can be assigned to, held directly and without an end.",
    "shield-lock",
    "What was activated for a while, or ends by itself, is left out where the source says so.",
)
ELIGIBLE: Final = Question(
    "eligible",
    "Eligible, never seen active",
    "Roles that somebody may activate, and that no sync ever saw them hold.",
    "clock",
    "Whether a role was ever activated is not known: a sync sees an activation only while it "
    "lasts, and members of a group activate as themselves. Take it as a hint, not as proof.",
)
OWNERLESS: Final = Question(
    "ownerless",
    "Entitlements without owner",
    "Entitlements that nobody answers for: neither they nor their app have an owner.",
    "key",
)
NESTED: Final = Question(
    "nested",
    "Groups nested deepest",
    "Groups with groups inside, and how many levels there are below each.",
    "users-group",
)
UNUSED: Final = Question(
    "unused",
    "Apps nobody uses",
    "Apps in which nobody has anything, and apps whose last known sign-in is 90 days ago.",
    "app-window",
    "Where no source tells of sign-ins, they are unknown; an app is never listed for that.",
)
SECRETS: Final = Question(
    "secrets",
    "Secrets about to expire",
    "Secrets and certificates of applications that end within 30 days.",
    "file-certificate",
)

QUESTIONS: Final = (
    ORPHANS,
    EXTERNAL,
    DISABLED,
    STANDING,
    ELIGIBLE,
    OWNERLESS,
    NESTED,
    UNUSED,
    SECRETS,
)
