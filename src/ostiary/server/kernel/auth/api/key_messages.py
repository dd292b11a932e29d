"""API keys, service principals and their credentials as the API says them: C1's schemas."""

from __future__ import annotations

from pydantic import Field

from ostiary.server.kernel.auth.api.messages import User, user_message
from ostiary.server.kernel.auth.api_clients import ApiClient
from ostiary.server.kernel.auth.client_ids import ClientId
from ostiary.server.kernel.auth.user_store import User as StoredUser
from ostiary.server.kernel.paging import PagedRequest
from ostiary.server.kernel.rest import Duration, FieldMask, Message, Timestamp


class PersonalClient(Message):
    id: str
    user_id: str
    client_id: str
    display_name: str
    scoped_roles: list[str]
    allow_source_cidr: list[str]
    created_at: Timestamp
    updated_at: Timestamp
    expires_time: Timestamp | None = None
    last_used_at: Timestamp | None = None
    deleted_at: Timestamp | None = None


def personal_client_message(client: ApiClient, authority: str) -> PersonalClient:
    return PersonalClient(
        id=client.public_id,
        user_id=client.owner,
        client_id=str(ClientId(client.name, authority, client.kind)),
        display_name=client.display_name,
        scoped_roles=client.scoped_roles,
        allow_source_cidr=client.networks,
        created_at=client.created_at,
        updated_at=client.updated_at,
        expires_time=client.expires_at,
        last_used_at=client.last_used_at,
    )


class CreatePersonalClientRequest(Message):
    display_name: str = ""
    expires: Duration | None = None
    scoped_roles: list[str] = Field(default_factory=list)
    allow_source_cidr: list[str] = Field(default_factory=list)


class CreatePersonalClientReply(Message):
    client: PersonalClient
    client_secret: str


class PersonalClientInput(Message):
    display_name: str = ""
    scoped_roles: list[str] = Field(default_factory=list)
    allow_source_cidr: list[str] = Field(default_factory=list)
    expires_time: Timestamp | None = None


class UpdatePersonalClientRequest(Message):
    client: PersonalClientInput
    update_mask: FieldMask | None = None


class PersonalClientReply(Message):
    client: PersonalClient


class PersonalClientList(Message):
    list: list[PersonalClient]
    next_page_token: str = ""


class UserRef(Message):
    id: str = ""


class SearchPersonalClientsRequest(PagedRequest):
    query: str = ""
    users: list[UserRef] = Field(default_factory=list)


class ServicePrincipal(Message):
    id: str
    display_name: str
    user: User
    created_at: Timestamp
    updated_at: Timestamp


def service_principal_message(user: StoredUser) -> ServicePrincipal:
    return ServicePrincipal(
        id=user.public_id,
        display_name=user.display_name,
        user=user_message(user),
        created_at=user.created_at,
        updated_at=user.updated_at,
    )


class ServicePrincipalInput(Message):
    display_name: str = ""


class UpdateServicePrincipalRequest(Message):
    service_principal: ServicePrincipalInput
    update_mask: FieldMask | None = None


class ServicePrincipalReply(Message):
    service_principal: ServicePrincipal


class ServicePrincipalList(Message):
    list: list[ServicePrincipal]
    next_page_token: str = ""


class Credential(Message):
    """Of a service principal. `id` is the name in its client id, as in C1."""

    id: str
    service_principal_id: str
    client_id: str
    display_name: str
    scoped_role_ids: list[str]
    allow_source_cidrs: list[str]
    require_dpop: bool = False
    created_at: Timestamp
    expires_at: Timestamp | None = None
    last_used_at: Timestamp | None = None


def credential_message(client: ApiClient, authority: str) -> Credential:
    return Credential(
        id=client.name,
        service_principal_id=client.owner,
        client_id=str(ClientId(client.name, authority, client.kind)),
        display_name=client.display_name,
        scoped_role_ids=client.scoped_roles,
        allow_source_cidrs=client.networks,
        created_at=client.created_at,
        expires_at=client.expires_at,
        last_used_at=client.last_used_at,
    )


class CreateCredentialRequest(Message):
    display_name: str = ""
    expires: Duration | None = None
    scoped_roles: list[str] = Field(default_factory=list)
    allow_source_cidrs: list[str] = Field(default_factory=list)
    require_dpop: bool = False


class CreateCredentialReply(Message):
    credential: Credential
    client_secret: str


class CredentialReply(Message):
    credential: Credential


class CredentialList(Message):
    list: list[Credential]
    next_page_token: str = ""


class CredentialInput(Message):
    display_name: str = ""


class UpdateCredentialRequest(Message):
    credential: CredentialInput
    update_mask: FieldMask | None = None
