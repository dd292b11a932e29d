"""What we read of each Graph object: the fields asked for with $select, and no others.

A field that Graph did not send is None here. Shapes: Graph v1.0, `graph.md` section 1.2.
"""

from __future__ import annotations

from typing import Any

import msgspec

ALL_ZERO = "00000000-0000-0000-0000-000000000000"
"""The app role id of default access: assigned to the application, to no role in particular."""


class Record(msgspec.Struct, kw_only=True):
    """Any directory object."""

    id: str


class License(msgspec.Struct):
    skuId: str
    assignedByGroup: str | None = None
    state: str | None = None
    error: str | None = None


class Plan(msgspec.Struct):
    skuId: str


class SignInActivity(msgspec.Struct):
    lastSignInDateTime: str | None = None
    lastNonInteractiveSignInDateTime: str | None = None
    lastSuccessfulSignInDateTime: str | None = None


class User(Record, kw_only=True):
    displayName: str | None = None
    givenName: str | None = None
    surname: str | None = None
    userPrincipalName: str | None = None
    mail: str | None = None
    otherMails: list[str] | None = None
    accountEnabled: bool | None = None
    userType: str | None = None
    createdDateTime: str | None = None
    jobTitle: str | None = None
    department: str | None = None
    companyName: str | None = None
    officeLocation: str | None = None
    employeeId: str | None = None
    employeeType: str | None = None
    usageLocation: str | None = None
    onPremisesSyncEnabled: bool | None = None
    onPremisesImmutableId: str | None = None
    onPremisesSamAccountName: str | None = None
    externalUserState: str | None = None
    licenseAssignmentStates: list[License] | None = None
    onPremisesExtensionAttributes: dict[str, str | None] | None = None
    manager: str | None = None
    """The manager's object id; Graph sends it as a relationship, we keep it as a property."""


class Group(Record, kw_only=True):
    displayName: str | None = None
    description: str | None = None
    mail: str | None = None
    mailEnabled: bool | None = None
    securityEnabled: bool | None = None
    groupTypes: list[str] | None = None
    membershipRule: str | None = None
    isAssignableToRole: bool | None = None
    onPremisesSyncEnabled: bool | None = None
    onPremisesSecurityIdentifier: str | None = None
    securityIdentifier: str | None = None
    classification: str | None = None
    visibility: str | None = None
    createdDateTime: str | None = None
    assignedLicenses: list[Plan] | None = None

    @property
    def is_dynamic(self) -> bool:
        return "DynamicMembership" in (self.groupTypes or ())

    @property
    def is_unified(self) -> bool:
        return "Unified" in (self.groupTypes or ())


class PasswordCredential(msgspec.Struct):
    keyId: str
    displayName: str | None = None
    hint: str | None = None
    startDateTime: str | None = None
    endDateTime: str | None = None


class KeyCredential(msgspec.Struct):
    keyId: str
    displayName: str | None = None
    type: str | None = None
    usage: str | None = None
    startDateTime: str | None = None
    endDateTime: str | None = None


class AppRole(msgspec.Struct):
    id: str
    displayName: str | None = None
    description: str | None = None
    value: str | None = None
    isEnabled: bool = True
    allowedMemberTypes: list[str] = []


class InformationalUrls(msgspec.Struct):
    logoUrl: str | None = None


class ServicePrincipal(Record, kw_only=True):
    appId: str | None = None
    displayName: str | None = None
    description: str | None = None
    servicePrincipalType: str | None = None
    accountEnabled: bool | None = None
    appOwnerOrganizationId: str | None = None
    appRoleAssignmentRequired: bool | None = None
    appRoles: list[AppRole] | None = None
    tags: list[str] | None = None
    homepage: str | None = None
    info: InformationalUrls | None = None
    alternativeNames: list[str] | None = None
    preferredSingleSignOnMode: str | None = None
    passwordCredentials: list[PasswordCredential] | None = None
    keyCredentials: list[KeyCredential] | None = None

    @property
    def is_managed_identity(self) -> bool:
        return self.servicePrincipalType == "ManagedIdentity"


class Application(Record, kw_only=True):
    appId: str | None = None
    displayName: str | None = None
    passwordCredentials: list[PasswordCredential] | None = None
    keyCredentials: list[KeyCredential] | None = None


class RoleDefinition(Record, kw_only=True):
    displayName: str | None = None
    description: str | None = None
    isBuiltIn: bool | None = None
    isEnabled: bool | None = None
    templateId: str | None = None


class RoleAssignment(Record, kw_only=True):
    """An active assignment, or an instance of an eligible or scheduled one."""

    principalId: str
    roleDefinitionId: str
    directoryScopeId: str | None = None
    assignmentType: str | None = None
    memberType: str | None = None
    startDateTime: str | None = None
    endDateTime: str | None = None


class Units(msgspec.Struct):
    enabled: int = 0
    suspended: int = 0
    warning: int = 0
    lockedOut: int = 0


class ServicePlan(msgspec.Struct):
    servicePlanName: str | None = None
    provisioningStatus: str | None = None


class Sku(Record, kw_only=True):
    skuId: str
    skuPartNumber: str | None = None
    capabilityStatus: str | None = None
    appliesTo: str | None = None
    consumedUnits: int | None = None
    prepaidUnits: Units | None = None
    servicePlans: list[ServicePlan] | None = None


def fields_of(record: type[Record], *, without: tuple[str, ...] = ()) -> str:
    """The $select list that fills a record."""
    return ",".join(name for name in record.__struct_fields__ if name not in without)


def encode(value: Any) -> str:
    """JSON as the image stores it."""
    return msgspec.json.encode(value).decode()
