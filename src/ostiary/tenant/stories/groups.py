"""Groups of every kind Entra knows, and the shapes nesting can take."""

from itertools import pairwise

from ostiary.tenant.stories.builder import Builder, day, group_from_active_directory
from ostiary.tenant.stories.many_names import NAMES
from ostiary.tenant.stories.people import People


def form(build: Builder, people: People) -> None:
    _fixture(build, people)
    _nested(build, people)
    _cyclic(build, people)
    _other_members(build, people)
    _odd_ones(build, people)
    _administrative_units(build, people)


def _fixture(build: Builder, people: People) -> None:
    finance = build.group("SG-Finance", description="Everyone in finance")
    build.members(finance, *(people[one] for one in ("alice", "bob", "dave", "jonas", "kira")))
    build.members(finance, *(people[one] for one in ("liam", "mona", "nils")))
    build.owners(finance, people["alice"], people["jonas"])
    _everyone(build)
    on_prem = build.group("SG-OnPrem", **group_from_active_directory("SG-OnPrem"))
    build.members(on_prem, people["frank"], people["sven"])
    admins = build.group("SG-Admins", isAssignableToRole=True, visibility="Private")
    build.members(admins, people["dana"], people["sven"])
    build.owners(admins, people["carol"])
    build.members(build.group("SG-Nested"), finance, people["carol"])
    project = build.mail_group(
        "M365-Project",
        groupTypes=["Unified"],
        visibility="Private",
        resourceProvisioningOptions=["Team"],
    )
    build.members(project, people["frank"], people["bob"], people.guests["eve"])
    build.owners(project, people["alice"])
    news = build.mail_group("DL-News")
    build.members(
        news, people["alice"], people["hugo"], build.contact("Press", "desk@press.example")
    )
    alerts = build.mail_group("MESG-Alerts", securityEnabled=True)
    build.members(alerts, people["carol"], people["sven"])


def _everyone(build: Builder) -> None:
    build.group(
        "SG-All",
        groupTypes=["DynamicMembership"],
        membershipRule='(user.userType -eq "Member") and (user.accountEnabled -eq true)',
        membershipRuleProcessingState="On",
    )


def _nested(build: Builder, people: People) -> None:
    """SG-Level-1 holds 2 holds 3 holds 4; SG-Diamond reaches SG-Diamond-Base by two ways."""
    levels = [build.group(f"SG-Level-{depth}") for depth in (1, 2, 3, 4)]
    for outer, inner in pairwise(levels):
        build.members(outer, inner)
    for level, login in zip(levels, ("pete", "quentin", "rosa", "uma"), strict=True):
        build.members(level, people[login])
    top, left, right, base = (
        build.group(f"SG-Diamond{part}") for part in ("", "-Left", "-Right", "-Base")
    )
    build.members(top, left, right)
    build.members(left, base)
    build.members(right, base, people["xavier"])
    build.members(base, people["wanda"], people["xavier"])


def _cyclic(build: Builder, people: People) -> None:
    """A pair that holds each other, reached from outside, and a ring of three that is not."""
    first, second = build.group("SG-Cycle-A"), build.group("SG-Cycle-B")
    build.members(first, second, people["amir"])
    build.members(second, first, people["bela"])
    build.members(build.group("SG-Cycle-Door"), first)
    ring = [build.group(f"SG-Ring-{place}") for place in (1, 2, 3)]
    for place, group in enumerate(ring):
        build.members(group, ring[(place + 1) % 3])
    build.members(ring[0], people["chloe"])


def _other_members(build: Builder, people: People) -> None:
    things = build.group("SG-Devices")
    build.members(
        things,
        build.device("LAPTOP-0042"),
        build.device("PHONE-0007", operatingSystem="iOS", operatingSystemVersion="19.1"),
        build.device("KIOSK-LOST", accountEnabled=False),
        build.contact("Partner Desk", "desk@partner.example"),
        people["tara"],
    )
    build.members(build.group("SG-Only-Devices"), build.device("PRINTER-1"))


def _odd_ones(build: Builder, people: People) -> None:
    build.group("SG-Empty")
    left_behind = build.group("SG-Orphaned-Owner")
    build.owners(left_behind, people["dave"])
    build.members(left_behind, people["dario"])
    hidden = build.mail_group("M365-Hidden", groupTypes=["Unified"], visibility="HiddenMembership")
    build.members(hidden, people["hugo"], people["ines"])
    build.mail_group(
        "M365-Dynamic",
        groupTypes=["Unified", "DynamicMembership"],
        membershipRule='user.department -eq "Legal"',
        membershipRuleProcessingState="Paused",
    )
    guests = build.group("SG-Guests")
    build.members(guests, *people.guests.values())
    for key in ("hebrew", "emoji", "rtl-marks", "html", "formula", "longest"):
        named = build.group(NAMES[key], description=f"Named in the manner of: {key}")
        build.members(named, people["yara"])
    build.group("SG-Twin")
    build.group("SG-Twin (second)", displayName="SG-Twin", description="Same name, other group")
    gone = build.mail_group("M365-Gone", groupTypes=["Unified"], createdDateTime=day(-60))
    build.members(gone, people["bob"])
    build.directory.soft_delete(gone)


def _administrative_units(build: Builder, people: People) -> None:
    unit = build.administrative_unit("AU-Basel", "People and groups of the Basel site")
    build.members(unit, people["bob"], people["gina"], build.directory.id_of("SG-Finance"))
