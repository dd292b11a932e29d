"""The options that decide what is read and what is shown."""

from __future__ import annotations

from dataclasses import dataclass

from ostiary.connector.settings import Settings


@dataclass(frozen=True)
class Options:
    """See the field descriptions in ``definition.py``; ``features.md`` 2.8 for the first two."""

    skip_ad_groups: bool = False
    include_on_prem_group_members: bool = False
    sign_in_activity: bool = False
    on_premises_extension_attributes: bool = False
    skip_unassigned_apps: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Options:
        return cls(
            skip_ad_groups=settings.get_bool("skip-ad-groups"),
            include_on_prem_group_members=settings.get_bool("include-on-prem-group-members"),
            sign_in_activity=settings.get_bool("sign-in-activity"),
            on_premises_extension_attributes=settings.get_bool("on-premises-extension-attributes"),
            skip_unassigned_apps=settings.get_bool("skip-unassigned-apps"),
        )

    @property
    def hides_on_prem_members(self) -> bool:
        """Whether users synced from Active Directory are dropped from the members of groups."""
        return self.skip_ad_groups and not self.include_on_prem_group_members
