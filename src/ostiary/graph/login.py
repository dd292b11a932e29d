"""One trip to the login host through azure-identity, and the reading of what came back."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from ostiary.graph.faults import CredentialRefused, GraphError, Unreachable
from ostiary.graph.proofs import ManagedIdentity, Proof
from ostiary.graph.refusals import Identity, login_fault
from ostiary.graph.tokens import AccessToken, read_token
from ostiary.graph.transport import Timeouts, network_fault, open_session

if TYPE_CHECKING:
    from azure.core.pipeline import PipelineResponse

_TIMEOUTS = Timeouts(connect=15, stall=30, total=60)
_REFUSALS_ARE_REPORTED_BY_US = logging.CRITICAL + 1


@dataclass(frozen=True)
class LoginReply:
    status: int
    headers: dict[str, str]
    body: bytes


class Login:
    def __init__(self, proof: Proof, identity: Identity, scope: str, ca_file: str | None) -> None:
        self._proof = proof
        self._identity = identity
        self._scope = scope
        self._ca_file = ca_file

    async def fetch(self) -> AccessToken:
        """A new token. Errors: those of Credential.token, each at its first occurrence."""
        from azure.core.exceptions import AzureError
        from azure.core.pipeline.transport import AioHttpTransport

        logging.getLogger("azure.identity").setLevel(_REFUSALS_ARE_REPORTED_BY_US)
        replies: list[LoginReply] = []
        host = self._identity.login_domain
        async with open_session(host, timeouts=_TIMEOUTS, ca_file=self._ca_file) as session:
            transport = AioHttpTransport(session=session, session_owner=False)
            try:
                return await self._ask(transport, replies)
            except (AzureError, ValueError, TypeError, AttributeError) as error:
                # azure-identity takes any 200 for JSON, hence the last two.
                fault = self._explain(error, replies[-1] if replies else None)
        raise fault

    async def _ask(self, transport: object, replies: list[LoginReply]) -> AccessToken:
        def keep(response: PipelineResponse[Any, Any]) -> None:
            came = response.http_response
            replies.append(LoginReply(came.status_code, dict(came.headers), came.content))

        credential = self._proof.credential(
            self._identity.tenant,
            self._identity.app,
            authority=f"https://{self._identity.login_domain}",
            disable_instance_discovery=True,
            transport=transport,
            raw_response_hook=keep,
        )
        async with credential:
            token = await credential.get_token(self._scope)
        return read_token(token.token, float(token.expires_on))

    def _explain(self, error: Exception, reply: LoginReply | None) -> GraphError:
        if isinstance(self._proof, ManagedIdentity):
            return no_managed_identity(self._identity, reply)
        if reply is not None:
            fault = login_fault(
                reply.status, reply.headers, reply.body, self._identity, self._proof.secrets
            )
        else:
            fault = self._never_answered(error)
        fault.path = f"/{self._identity.tenant}/oauth2/v2.0/token"
        return fault

    def _never_answered(self, error: Exception) -> GraphError:
        cause = getattr(error, "inner_exception", None) or error.__cause__
        if isinstance(cause, aiohttp.ClientError | OSError):
            return network_fault(cause, self._identity.login_domain, "")
        if isinstance(error, ValueError):
            return CredentialRefused(
                f"{self._identity.tenant or 'An empty text'} is not a tenant.",
                advice="Copy the Directory (tenant) ID from the app registration's Overview page.",
            )
        raise error


def no_managed_identity(identity: Identity, reply: LoginReply | None) -> GraphError:
    which = f"the managed identity {identity.app}" if identity.app else "a managed identity"
    if reply is None:
        fault = Unreachable(
            f"There is no token of {which}: nothing answers for managed identities here.",
            host="the platform's identity service",
            reason="nothing answers for managed identities here",
            advice="Run the connector on an Azure resource that has one, or use a secret or a "
            "certificate.",
        )
        fault.transient = False  # azure-identity has tried again already
        return fault
    return CredentialRefused(
        f"The platform gave no token of {which} ({reply.status}).",
        status=reply.status,
        advice="Assign the identity to this resource; for a user-assigned one, give its client ID.",
    )
