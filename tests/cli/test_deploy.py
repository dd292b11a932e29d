"""The manifests in deploy/ give settings that exist, keep secrets in Secrets, and hold together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ostiary.connector.sources import FALSE, TRUE
from ostiary.entra.definition import DEFINITION
from tests.cli.server_settings import SETTINGS

DEPLOY = Path(__file__).parents[2] / "deploy"
FIELDS = {field.env: field for field in DEFINITION.all_fields}
PLAIN_VARIABLES = {"BATON_HOST_ID", "PGDATA", "POSTGRES_USER", "SSL_CERT_FILE"}
SECRETS = {
    "BATON_CLIENT_SECRET",
    "BATON_ENTRA_CLIENT_SECRET",
    "DATABASE_PASSWORD",
    "OSTIARY_ENCRYPTION_KEY",
    "POSTGRES_PASSWORD",
}


@dataclass(frozen=True)
class Pod:
    """Of one workload; `claims` are the volumes that outlive it."""

    file: str
    spec: dict[str, Any]
    claims: set[str]
    documents: list[dict[str, Any]]

    @property
    def container(self) -> dict[str, Any]:
        (container,) = self.spec["containers"]
        found: dict[str, Any] = container
        return found


def pods() -> Iterator[Pod]:
    for path in sorted(DEPLOY.glob("*.yaml")):
        documents = list(yaml.safe_load_all(path.read_text()))
        for each in documents:
            spec = each.get("spec", {})
            spec = spec.get("jobTemplate", {}).get("spec", spec)
            if "template" in spec:
                claims = {one["metadata"]["name"] for one in spec.get("volumeClaimTemplates", [])}
                pod = Pod(path.name, spec["template"]["spec"], claims, documents)
                yield pod


PODS = [pytest.param(pod, id=f"{pod.file}-{pod.container['name']}") for pod in pods()]
each_pod = pytest.mark.parametrize("pod", PODS)


def test_there_is_one_for_the_server_and_one_for_syncs_without_it() -> None:
    assert {pod.file for pod in pods()} >= {"cronjob.yaml", "server.yaml"}


@each_pod
def test_it_gives_settings_that_exist_as_strings(pod: Pod) -> None:
    for variable in pod.container["env"]:
        name = variable["name"]
        assert name in FIELDS or name in SETTINGS | PLAIN_VARIABLES | SECRETS
        field = FIELDS.get(name)
        if name in SECRETS or (field is not None and field.secret):
            assert "secretKeyRef" in variable["valueFrom"]
        elif "valueFrom" not in variable:
            assert isinstance(variable["value"], str)
            if field is not None and field.kind == "bool":
                assert variable["value"] in TRUE | FALSE


@each_pod
def test_its_notes_make_every_secret_it_reads(pod: Pod) -> None:
    text = (DEPLOY / pod.file).read_text()
    made = set(re.findall(r"create secret (?:generic|tls) ([\w-]+)", text))
    used = {
        variable["valueFrom"]["secretKeyRef"]["name"]
        for variable in pod.container["env"]
        if "secretKeyRef" in variable.get("valueFrom", {})
    }
    used |= {one["secret"]["secretName"] for one in pod.spec.get("volumes", []) if "secret" in one}
    assert used <= made


@each_pod
def test_it_mounts_volumes_that_are_there(pod: Pod) -> None:
    volumes = {each["name"]: each for each in pod.spec.get("volumes", [])}
    mounted = {each["name"] for each in pod.container["volumeMounts"]}
    assert mounted == volumes.keys() | pod.claims
    claimed = {
        each["persistentVolumeClaim"]["claimName"]
        for each in volumes.values()
        if "persistentVolumeClaim" in each
    }
    kept = {
        each["metadata"]["name"]
        for each in pod.documents
        if each["kind"] == "PersistentVolumeClaim"
    }
    assert claimed <= kept


@each_pod
def test_it_runs_as_nobody_special(pod: Pod) -> None:
    assert pod.spec["securityContext"]["runAsNonRoot"]
    assert pod.spec["automountServiceAccountToken"] is False
    assert pod.container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert not pod.container["securityContext"]["allowPrivilegeEscalation"]


@pytest.mark.parametrize("pod", [each for each in PODS if "postgres" not in str(each.id)])
def test_what_ours_writes_to_is_a_volume(pod: Pod) -> None:
    assert pod.container["securityContext"]["readOnlyRootFilesystem"]
    assert {"/data", "/tmp"} <= {each["mountPath"] for each in pod.container["volumeMounts"]}


@each_pod
def test_its_probes_and_services_ask_ports_that_it_opens(pod: Pod) -> None:
    open_ports = {each.get("name") for each in pod.container.get("ports", [])}
    probes = (
        pod.container.get(f"{kind}Probe", {}) for kind in ("startup", "readiness", "liveness")
    )
    asked = {probe["httpGet"]["port"] for probe in probes if "httpGet" in probe}
    assert asked <= open_ports
