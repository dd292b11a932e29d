"""Why nobody can be granted something here, in words."""

from __future__ import annotations

from typing import Final

_WORDS: Final = {
    "dynamic_group": "A rule in the source decides who is in this dynamic group. Change the rule "
    "there.",
    "synced_from_on_premises": "The group comes from an on-premises directory and is changed "
    "there.",
    "mail_enabled_security_group": "Mail-enabled security groups are changed in Exchange, not "
    "through the interface that connectors use.",
    "distribution_list": "Distribution lists are changed in Exchange, not through the interface "
    "that connectors use.",
    "inherited": "It follows from something else that is held. Grant or revoke that.",
    "not_assigned_to_people": "This is not assigned to people.",
    "subscription_inactive": "The subscription is not active, so nobody can be given it.",
    "role_inactive": "The role is not active in the source. Activate it there first.",
}


def reason(code: str | None, told: str | None) -> str:
    """By the code that connectors tell, else what they say; empty where it can be granted."""
    if told is None:
        return ""
    known = _WORDS.get(code or "")
    return known or told or "Its connector says that it cannot be changed, and not why."
