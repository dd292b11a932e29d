"""Microsoft Graph's own service principal, and the first-party ones every tenant has."""

from ostiary.tenant.directory import Properties
from ostiary.tenant.stories.app_builder import MICROSOFT_TENANT, App, foreign_app
from ostiary.tenant.stories.builder import Builder

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"

GRAPH_PERMISSIONS = {
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
    "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
    "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
    "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "Directory.ReadWrite.All": "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
    "Group.Create": "bf7b1a76-6e77-406b-b258-bf5c7720e98f",
    "Group.Read.All": "5b567255-7703-4780-807c-7be8301ae99b",
    "Group.ReadWrite.All": "62a82d76-70ea-41e2-9197-370581804d09",
    "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    "GroupMember.ReadWrite.All": "dbaae8cf-10b5-4b86-a4a1-f871c94c6695",
    "LicenseAssignment.ReadWrite.All": "5facf0c1-8979-4e95-abcf-ff3d079771c0",
    "MailboxSettings.Read": "40f97065-369a-49f4-947c-6a255697ae91",
    "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
    "RoleManagement.ReadWrite.Directory": "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
    "Synchronization.Read.All": "5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce",
    "Synchronization.ReadWrite.All": "9b50c33d-700f-43b1-b2eb-87e89b703581",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "User.ReadWrite.All": "741f803b-c850-494e-b5df-cde7c675a1ca",
    "User.RevokeSessions.All": "77f3a031-c388-4f99-b373-dc68676a979e",
    "UserAuthenticationMethod.ReadWrite.All": "50483e42-d915-4231-9639-7fdb7fd190e5",
}

_FIRST_PARTY = {
    "Office 365 Exchange Online": "00000002-0000-0ff1-ce00-000000000000",
    "Office 365 SharePoint Online": "00000003-0000-0ff1-ce00-000000000000",
    "Windows Azure Active Directory": "00000002-0000-0000-c000-000000000000",
    "Azure Portal": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    "Microsoft Teams Services": "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",
    "Microsoft Intune": "0000000a-0000-0000-c000-000000000000",
    "Office 365 Management APIs": "c5393580-f805-4401-95e8-94b7a6ef2fc2",
    "Azure Key Vault": "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
    "Windows Azure Service Management API": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "Power BI Service": "00000009-0000-0000-c000-000000000000",
}


def microsoft_graph(build: Builder) -> App:
    return foreign_app(
        build,
        "Microsoft Graph",
        owner=MICROSOFT_TENANT,
        app_id=GRAPH_APP_ID,
        roles=[_permission(value, role_id) for value, role_id in GRAPH_PERMISSIONS.items()],
        tags=[],
    )


def first_party_apps(build: Builder) -> list[App]:
    """Nobody is assigned to these; a tenant has hundreds of them."""
    return [
        foreign_app(build, name, owner=MICROSOFT_TENANT, app_id=app_id, tags=[])
        for name, app_id in _FIRST_PARTY.items()
    ]


def _permission(value: str, role_id: str) -> Properties:
    return {
        "allowedMemberTypes": ["Application"],
        "description": f"Application permission {value}",
        "displayName": value,
        "id": role_id,
        "isEnabled": True,
        "origin": "Application",
        "value": value,
    }
