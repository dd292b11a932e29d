"""How to start an agent of one connector, ready to be pasted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ostiary.server.connectors.catalogue.kinds import Kind
from ostiary.server.connectors.store.journal import Agent
from ostiary.server.connectors.store.registry import Connector

_LONGEST_LABEL: Final = 50
"""Characters: names in Kubernetes have 63, and ours get suffixes."""

_PROGRAM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What may stand in lines that somebody pastes into a shell, whoever said it."""

UNKNOWN: Final = "your-connector"
OURS: Final = "baton-microsoft-entra"
"""It runs as a service when it is told so; others do by having a client id."""


@dataclass(frozen=True)
class Start:
    """How to start an agent of one connector. `program` as it is called on the command line; `ca`
    is PEM, empty where the server's certificate is publicly trusted."""

    name: str
    client_id: str
    secret: str
    program: str
    ca: str

    @property
    def arguments(self) -> tuple[str, ...]:
        return ("service",) if self.program == OURS else ()

    @property
    def manifest(self) -> str:
        """For `kubectl apply -f -`."""
        values = self._values
        parts = [_CREDENTIAL.format(**values)]
        trust = {"variable": "", "mount": "", "volume": ""}
        if self.ca:
            pem = "\n".join(f"    {line}" for line in self.ca.strip().splitlines())
            parts.append(_TRUST.format(**values, pem=pem))
            volume = _VOLUME.format(**values)
            trust = {"variable": _VARIABLE, "mount": _MOUNT, "volume": volume}
        parts.append(_DEPLOYMENT.format(**values, **trust))
        return "---\n".join(parts)

    @property
    def shell(self) -> str:
        """For bash, in a folder of the agent's own."""
        lines = []
        if self.ca:
            lines += ["cat > ostiary-ca.pem <<'PEM'", *self.ca.strip().splitlines(), "PEM"]
            lines.append('export SSL_CERT_FILE="$PWD/ostiary-ca.pem"')
        lines += [
            f"export BATON_CLIENT_ID='{self.client_id}'",
            f"export BATON_CLIENT_SECRET='{self.secret}'",
            " ".join((self.program, *self.arguments)),
        ]
        return "\n".join(lines) + "\n"

    @property
    def _values(self) -> dict[str, str]:
        args = ", ".join(f'"{each}"' for each in self.arguments)
        return {
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "image": f"registry.example.com/{self.program}:latest",
            "args": f"          args: [{args}]\n" if args else "",
        }


def program_of(agents: Iterable[Agent], kinds: Iterable[Kind], connector: Connector) -> str:
    """What an agent of it says that it is; before any did, what a kind runs that the connector is
    of, or is still called after since it was added."""
    said = [str((each.build or {}).get("package") or "") for each in agents]
    run = [
        kind.program
        for kind in kinds
        if connector.catalog_id == kind.catalog_id or connector.display_name == kind.display_name
    ]
    names = (path.rpartition("/")[2] for path in (*said, *run))
    return next((name for name in names if _PROGRAM.fullmatch(name)), UNKNOWN)


def label(name: str, connector_id: str) -> str:
    """A name that Kubernetes takes: `ostiary-our-tenant`, by the id where nothing is left."""
    words = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:_LONGEST_LABEL].strip("-")
    return f"ostiary-{words or connector_id.lower()}"


_CREDENTIAL: Final = """\
apiVersion: v1
kind: Secret
metadata:
  name: {name}
type: Opaque
stringData:
  BATON_CLIENT_ID: "{client_id}"
  BATON_CLIENT_SECRET: "{secret}"
"""

_TRUST: Final = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}-ca
data:
  ca.pem: |
{pem}
"""

_VARIABLE: Final = """\
            - name: SSL_CERT_FILE
              value: /etc/ostiary/ca.pem
"""

_MOUNT: Final = """\
            - name: ca
              mountPath: /etc/ostiary
              readOnly: true
"""

_VOLUME: Final = """\
        - name: ca
          configMap:
            name: {name}-ca
"""

_DEPLOYMENT: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 60
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        fsGroup: 65532
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: connector
          image: {image} # where you keep it
{args}          env:
            - name: BATON_HOST_ID # each replica has a name of its own
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
{variable}          envFrom:
            - secretRef:
                name: {name} # add what the connector signs in with to it
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: tmp
              mountPath: /tmp
{mount}      volumes:
        - name: tmp
          emptyDir: {{}}
{volume}"""
