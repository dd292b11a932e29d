"""Dynamic groups: members follow the rule, at once (Entra takes minutes).

A group whose rule is paused, or beyond what is understood here, keeps the members it has.
"""

from ostiary.tenant.directory import links
from ostiary.tenant.directory.objects import DirectoryObject, Kind
from ostiary.tenant.directory.rules import Rule, UnsupportedRuleError, parse_rule
from ostiary.tenant.directory.state import State

_RULE_PROPERTIES = {"groupTypes", "membershipRule", "membershipRuleProcessingState"}


def appeared(state: State, one: DirectoryObject) -> None:
    """After an object was created or restored."""
    if one.kind is Kind.USER:
        _place(state, one)
    elif one.kind is Kind.GROUP:
        _adopt(state, one)


def changed(state: State, one: DirectoryObject, names: list[str]) -> None:
    if one.kind is Kind.USER and names:
        _place(state, one)
    elif one.kind is Kind.GROUP and _RULE_PROPERTIES.intersection(names):
        _adopt(state, one)


def disappeared(state: State, one: DirectoryObject) -> None:
    state.rules.pop(one.id, None)


def _adopt(state: State, group: DirectoryObject) -> None:
    rule = _rule_of(group)
    if rule is None:
        state.rules.pop(group.id, None)
        return
    state.rules[group.id] = rule
    for user in list(state.objects[Kind.USER].values()):
        _apply(state, group.id, rule, user)


def _place(state: State, user: DirectoryObject) -> None:
    for group_id, rule in state.rules.items():
        _apply(state, group_id, rule, user)


def _apply(state: State, group_id: str, rule: Rule, user: DirectoryObject) -> None:
    move = links.add_member if rule(user.props) else links.remove_member
    move(state, group_id, user.id)


def _rule_of(group: DirectoryObject) -> Rule | None:
    props = group.props
    dynamic = "DynamicMembership" in (props.get("groupTypes") or ())
    if not dynamic or props.get("membershipRuleProcessingState") != "On":
        return None
    try:
        return parse_rule(props.get("membershipRule") or "")
    except UnsupportedRuleError:
        return None
