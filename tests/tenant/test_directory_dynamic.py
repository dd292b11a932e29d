import pytest

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.directory.rules import UnsupportedRuleError, parse_rule
from ostiary.tenant.drift import drift
from ostiary.tenant.stories import story

COOK = {
    "jobTitle": "Cook",
    "accountEnabled": True,
    "otherMails": ["cook@home.example"],
    "onPremisesExtensionAttributes": {"extensionAttribute1": "night"},
}


@pytest.mark.parametrize(
    "rule",
    [
        'user.jobTitle -eq "cook"',
        'user.jobTitle -startsWith "Co"',
        'user.jobTitle -in ["Chef","Cook"]',
        "user.department -eq null",
        'user.otherMails -contains "cook@home.example"',
        'user.extensionAttribute1 -eq "night"',
        '(user.accountEnabled -eq true) and not (user.jobTitle -eq "Chef")',
        'user.jobTitle -eq "Chef" or user.jobTitle -eq "Cook" and user.accountEnabled -eq true',
        'user.jobTitle -contains "oo"',
        'user.department -notStartsWith "Fin"',
    ],
)
def test_a_rule_takes_in_who_fits(rule: str) -> None:
    assert parse_rule(rule)(COOK)


@pytest.mark.parametrize(
    "rule",
    [
        'user.jobTitle -ne "Cook"',
        "user.accountEnabled -eq false",
        'user.jobTitle -notIn ["Cook"]',
        'user.department -contains "a"',
        '(user.jobTitle -eq "Chef" or user.jobTitle -eq "Cook") and user.accountEnabled -eq false',
    ],
)
def test_a_rule_leaves_out_who_does_not(rule: str) -> None:
    assert not parse_rule(rule)(COOK)


@pytest.mark.parametrize(
    "rule",
    ["", "user.jobTitle", 'device.name -eq "x"', 'user.a -match "x"', "(user.a -eq true", "%"],
)
def test_a_rule_beyond_us_is_refused(rule: str) -> None:
    with pytest.raises(UnsupportedRuleError):
        parse_rule(rule)


@pytest.fixture
def directory() -> Directory:
    return Directory({"id": "5c1f5a5e-0000-4000-8000-000000000001"})


def cooks(directory: Directory, state: str = "On") -> str:
    return directory.create(
        Kind.GROUP,
        {
            "groupTypes": ["DynamicMembership"],
            "membershipRule": 'user.jobTitle -eq "Cook"',
            "membershipRuleProcessingState": state,
        },
    ).id


def members(directory: Directory, group: str) -> list[str]:
    return list(directory.members.get(group, ()))


def test_members_follow_the_rule_through_a_life(directory: Directory) -> None:
    early = directory.create(Kind.USER, {"jobTitle": "Cook"}).id
    group = cooks(directory)
    late = directory.create(Kind.USER, {"jobTitle": "Waiter"}).id
    assert members(directory, group) == [early]
    directory.update(late, {"jobTitle": "Cook"})
    assert members(directory, group) == [early, late]
    directory.update(early, {"jobTitle": "Chef"})
    assert members(directory, group) == [late]
    directory.soft_delete(late)
    assert members(directory, group) == []
    directory.restore(late)
    assert members(directory, group) == [late]


def test_what_the_rule_does_is_journaled(directory: Directory) -> None:
    group = cooks(directory)
    user = directory.create(Kind.USER, {"jobTitle": "Cook"}).id
    last = directory.journal.since(0)[-1]
    assert (last.object_id, last.what, last.target) == (group, "members+", user)


def test_a_paused_rule_moves_nobody_until_it_is_on(directory: Directory) -> None:
    group = cooks(directory, state="Paused")
    user = directory.create(Kind.USER, {"jobTitle": "Cook"}).id
    assert members(directory, group) == []
    directory.update(group, {"membershipRuleProcessingState": "On"})
    assert members(directory, group) == [user]


def test_a_deleted_group_gathers_again_when_restored(directory: Directory) -> None:
    group = cooks(directory)
    directory.soft_delete(group)
    user = directory.create(Kind.USER, {"jobTitle": "Cook"}).id
    directory.restore(group)
    assert members(directory, group) == [user]


def test_the_group_of_everyone_holds_after_any_drift() -> None:
    for seed in range(8):
        tenant = story()
        drift(tenant, seed, 150)
        group = next((one for one in tenant.rules if one in tenant.index), None)
        if group is not None:
            assert set(members(tenant, group)) == {
                user.id
                for user in tenant.objects[Kind.USER].values()
                if user.props["userType"] == "Member" and user.props["accountEnabled"]
            }
