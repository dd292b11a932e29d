"""Secrets and certificates of applications: when they end, and which application they open.

Most live on the application registration, some on the service principal itself; a key that Graph
lists on both, or twice (once to sign, once to verify), is one credential.
"""

from __future__ import annotations

from collections.abc import Iterator

from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.resources import secret_resource
from ostiary.entra.image import Image, Kind
from ostiary.entra.project.principals import Principals
from ostiary.entra.project.times import parse
from ostiary.entra.records import Application, KeyCredential, PasswordCredential, ServicePrincipal
from ostiary.entra.types import CREDENTIAL

Holder = Application | ServicePrincipal


def resources(image: Image, principals: Principals) -> Iterator[pb.Resource]:
    """Every credential once; without an identity where no service principal in the file uses it."""
    seen: set[str] = set()
    for holder, identity in _holders(image, principals):
        for credential in (*(holder.passwordCredentials or ()), *(holder.keyCredentials or ())):
            if credential.keyId not in seen:
                seen.add(credential.keyId)
                yield _resource(credential, holder, identity)


def _holders(image: Image, principals: Principals) -> Iterator[tuple[Holder, pb.ResourceId | None]]:
    """What holds credentials, with the service principal that signs in with them."""
    shown = principals.service_principals
    of_application: dict[str | None, pb.ResourceId] = {}
    holders: list[tuple[Holder, pb.ResourceId | None]] = []
    for _, principal in image.objects.all(Kind.SERVICE_PRINCIPAL, ServicePrincipal):
        identity = None
        if principal.id in shown:
            type_id = shown[principal.id]
            identity = pb.ResourceId(resource_type=type_id, resource=principal.id)
            of_application[principal.appId] = identity
        if principal.passwordCredentials or principal.keyCredentials:
            holders.append((principal, identity))
    for _, application in image.objects.all(Kind.APPLICATION, Application):
        yield application, of_application.get(application.appId)
    yield from holders


def _resource(
    credential: PasswordCredential | KeyCredential, holder: Holder, identity: pb.ResourceId | None
) -> pb.Resource:
    is_secret = isinstance(credential, PasswordCredential)
    profile = {
        "key_id": credential.keyId,
        "app_id": holder.appId,
        "application": holder.displayName,
        "held_by": "application" if isinstance(holder, Application) else "service_principal",
        "hint": credential.hint if isinstance(credential, PasswordCredential) else None,
        "usage": credential.usage if isinstance(credential, KeyCredential) else None,
        "type": credential.type if isinstance(credential, KeyCredential) else None,
    }
    kind = "secret" if is_secret else "certificate"
    return secret_resource(
        CREDENTIAL,
        credential.keyId,
        credential.displayName or f"{holder.displayName or holder.appId} {kind}",
        created_at=parse(credential.startDateTime),
        expires_at=parse(credential.endDateTime),
        identity=identity,
        credential_type=(
            pb.SecretTrait.CREDENTIAL_TYPE_STATIC_SECRET
            if is_secret
            else pb.SecretTrait.CREDENTIAL_TYPE_CERTIFICATE
        ),
        profile={name: value for name, value in profile.items() if value is not None},
    )
