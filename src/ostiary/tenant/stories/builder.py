"""Makes directory objects the way Graph v1.0 shows them, with ids that follow from their names."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ostiary.tenant.clock import START, graph_time
from ostiary.tenant.directory import Directory, Kind, Properties
from ostiary.tenant.directory.ids import security_identifier, stable_id

AD_DOMAIN = "ad.corp.example"


def days(count: float) -> datetime:
    """So many days after the story's present; negative is before."""
    return START + timedelta(days=count)


def day(count: float) -> str:
    return graph_time(days(count))


@dataclass
class Builder:
    directory: Directory
    domain: str

    def object_id(self, kind: str, name: str) -> str:
        return stable_id(self.directory.tenant_id, kind, name)

    def user(self, name: str, login: str, **props: Any) -> str:
        """An employee. `login` is the part of the UPN and mail address before the @."""
        user_id = self.object_id("user", login)
        address = f"{login}@{self.domain}"
        given, _, family = name.partition(" ")
        defaults: Properties = {
            "accountEnabled": True,
            "businessPhones": [],
            "companyName": self.directory.organization["displayName"],
            "createdDateTime": day(-900),
            "displayName": name,
            "givenName": given[:64],
            "surname": family[:64] or None,
            "identities": [_identity("userPrincipalName", self.domain, address)],
            "mail": address,
            "mailNickname": login,
            "otherMails": [],
            "proxyAddresses": [f"SMTP:{address}"],
            "securityIdentifier": security_identifier(user_id),
            "usageLocation": "CH",
            "userPrincipalName": address,
            "userType": "Member",
            "assignedLicenses": [],
            "licenseAssignmentStates": [],
        }
        return self._create(Kind.USER, defaults | props, user_id)

    def guest(self, name: str, mail: str, **props: Any) -> str:
        local, _, home = mail.partition("@")
        tenant_domain = self.directory.organization["verifiedDomains"][0]["name"]
        upn = f"{local}_{home}#EXT#@{tenant_domain}"
        defaults: Properties = {
            "creationType": "Invitation",
            "externalUserState": "Accepted",
            "externalUserStateChangeDateTime": day(-120),
            "companyName": None,
            "identities": [_identity("federated", "ExternalAzureAD", None)],
            "mail": mail,
            "mailNickname": f"{local}_{home}#EXT#",
            "otherMails": [mail],
            "proxyAddresses": [f"SMTP:{mail}"],
            "usageLocation": None,
            "userPrincipalName": upn,
            "userType": "Guest",
        }
        return self.user(name, f"{local}_{home}", **(defaults | props))

    def group(self, name: str, **props: Any) -> str:
        """A cloud security group with assigned membership, unless told otherwise."""
        group_id = self.object_id("group", name)
        defaults: Properties = {
            "createdDateTime": day(-700),
            "displayName": name,
            "groupTypes": [],
            "mailEnabled": False,
            "mailNickname": _nickname(name, group_id),
            "proxyAddresses": [],
            "renewedDateTime": day(-700),
            "resourceBehaviorOptions": [],
            "resourceProvisioningOptions": [],
            "securityEnabled": True,
            "securityIdentifier": security_identifier(group_id),
            "assignedLicenses": [],
        }
        return self._create(Kind.GROUP, defaults | props, group_id)

    def mail_group(self, name: str, **props: Any) -> str:
        """A group with a mailbox address: Microsoft 365, distribution or mail-enabled security."""
        address = f"{name.lower()}@{self.domain}"
        defaults: Properties = {
            "mail": address,
            "mailEnabled": True,
            "mailNickname": name.lower(),
            "proxyAddresses": [f"SMTP:{address}"],
            "securityEnabled": False,
        }
        return self.group(name, **(defaults | props))

    def device(self, name: str, **props: Any) -> str:
        defaults: Properties = {
            "accountEnabled": True,
            "deviceId": self.object_id("deviceId", name),
            "displayName": name,
            "operatingSystem": "Windows",
            "operatingSystemVersion": "10.0.26100",
            "registrationDateTime": day(-300),
            "trustType": "AzureAd",
        }
        return self._create(Kind.DEVICE, defaults | props, self.object_id("device", name))

    def contact(self, name: str, mail: str) -> str:
        props: Properties = {
            "displayName": name,
            "mail": mail,
            "mailNickname": mail.partition("@")[0],
            "proxyAddresses": [f"SMTP:{mail}"],
        }
        return self._create(Kind.ORG_CONTACT, props, self.object_id("orgContact", name))

    def administrative_unit(self, name: str, description: str) -> str:
        props: Properties = {"displayName": name, "description": description}
        return self._create(
            Kind.ADMINISTRATIVE_UNIT, props, self.object_id("administrativeUnit", name)
        )

    def members(self, group_id: str, *member_ids: str) -> None:
        for member_id in member_ids:
            self.directory.add_member(group_id, member_id)

    def owners(self, owned_id: str, *owner_ids: str) -> None:
        for owner_id in owner_ids:
            self.directory.add_owner(owned_id, owner_id)

    def _create(self, kind: Kind, props: Properties, object_id: str) -> str:
        present = {name: value for name, value in props.items() if value is not None}
        return self.directory.create(kind, present, id=object_id).id


def from_active_directory(login: str) -> Properties:
    """What Entra Connect adds to a user; synced a moment ago."""
    return {
        "onPremisesDistinguishedName": f"CN={login},OU=Staff,DC=ad,DC=corp,DC=example",
        "onPremisesDomainName": AD_DOMAIN,
        "onPremisesImmutableId": UUID(stable_id("immutable", login)).hex[:22] + "==",
        "onPremisesLastSyncDateTime": day(-0.02),
        "onPremisesSamAccountName": login,
        "onPremisesSecurityIdentifier": _domain_sid(login),
        "onPremisesSyncEnabled": True,
        "onPremisesUserPrincipalName": f"{login}@{AD_DOMAIN}",
    }


def group_from_active_directory(name: str) -> Properties:
    return {
        "onPremisesDomainName": AD_DOMAIN,
        "onPremisesLastSyncDateTime": day(-0.02),
        "onPremisesNetBiosName": "CORP",
        "onPremisesSamAccountName": name,
        "onPremisesSecurityIdentifier": _domain_sid(name),
        "onPremisesSyncEnabled": True,
    }


def _domain_sid(name: str) -> str:
    return f"S-1-5-21-1004336348-1177238915-682003330-{UUID(stable_id('rid', name)).int % 90_000}"


def _identity(sign_in_type: str, issuer: str, assigned: str | None) -> Properties:
    return {"signInType": sign_in_type, "issuer": issuer, "issuerAssignedId": assigned}


def _nickname(name: str, group_id: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9.-]", "", name)[:64]
    return plain or group_id[:8]
