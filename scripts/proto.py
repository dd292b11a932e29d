"""Generates src/ostiary/baton/pb from proto/. Run it after every change of a .proto file.

    python scripts/proto.py [--out DIRECTORY]

protoc names Python modules after the files (`c1.connector.v2.grant_pb2`), as if this package owned
the top-level name `c1`. The imports are rewritten so that the modules live under
`ostiary.baton.pb`; the descriptors keep their file names, which is what the wire knows. One flat
facade module a package re-exports every message, and so loads every annotation an Any may hold.
What protoc does not type, the gRPC classes of a service, gets a stub written here.
"""

import argparse
import ast
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
PACKAGE = "ostiary.baton.pb"
FACADES = {
    "connector_v2": "c1/connector/v2",
    "config_v1": "c1/config/v1",
    "c1z_v1": "c1/c1z/v1",
    "connectorapi_v1": "c1/connectorapi/baton/v1",
    "rpc": "google/rpc",
}
SERVICES = {"connectorapi_v1_grpc": "c1/connectorapi/baton/v1/baton.proto"}
"""The files whose services are spoken over gRPC, by the facade that offers them."""

REHOMED = r"c1|validate|google\.rpc"
RPC = re.compile(r"^  rpc (\w+)\((stream )?(\w+)\) returns \((\w+)\);$", re.M)


def main() -> None:
    parser = argparse.ArgumentParser(description="Generate the protobuf modules from proto/.")
    parser.add_argument("--out", type=Path, default=ROOT / "src/ostiary/baton/pb")
    generate(parser.parse_args().out)


def generate(out: Path) -> None:
    """Replaces everything below `out`."""
    with tempfile.TemporaryDirectory() as directory:
        raw = Path(directory)
        run_protoc(raw)
        for module in sorted([*raw.rglob("*.py"), *raw.rglob("*.pyi")]):
            module.write_text(rehome(module.read_text()))
        for facade, package in FACADES.items():
            (raw / f"{facade}.py").write_text(facade_source(raw, package))
        for facade, source in SERVICES.items():
            write_service(raw, facade, source)
        for folder in [raw, *(path for path in raw.rglob("*") if path.is_dir())]:
            (folder / "__init__.py").touch()
        if out.exists():
            shutil.rmtree(out)
        shutil.copytree(raw, out)


def run_protoc(out: Path) -> None:
    sources = sorted(path.relative_to(PROTO).as_posix() for path in PROTO.rglob("*.proto"))
    well_known = str(files("grpc_tools") / "_proto")
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{well_known}"]
    messages = [f"--python_out={out}", f"--pyi_out={out}", *sources]
    services = [f"--grpc_python_out={out}", *SERVICES.values()]
    for outputs in (messages, services):
        subprocess.run([*command, *outputs], check=True)  # noqa: S603 - our own arguments


def rehome(source: str) -> str:
    """Rewrites the generated imports and module names to live below PACKAGE."""
    source = re.sub(
        rf"^from ((?:{REHOMED})[.\w]*) import", rf"from {PACKAGE}.\1 import", source, flags=re.M
    )
    return re.sub(
        rf"(BuildTopDescriptorsAndMessages\(DESCRIPTOR, ')({REHOMED})\.",
        rf"\1{PACKAGE}.\2.",
        source,
    )


def facade_source(raw: Path, package: str) -> str:
    lines = [
        f'"""Every message and enum of {package.replace("/", ".")}. Generated; do not edit."""',
        "",
    ]
    for stub in sorted((raw / package).glob("*_pb2.pyi")):
        module = f"{PACKAGE}.{package.replace('/', '.')}.{stub.stem}"
        lines.append(f"from {module} import (")
        lines += [f"    {name} as {name}," for name in exported_names(stub)]
        lines.append(")")
    return "\n".join(lines) + "\n"


def write_service(raw: Path, facade: str, source: str) -> None:
    """A typed stub beside the generated gRPC module, and a facade for both."""
    module = f"{PACKAGE}.{source.removesuffix('.proto').replace('/', '.')}_pb2"
    text = (PROTO / source).read_text()
    service = re.search(r"^service (\w+) {", text, re.M)
    assert service, f"{source} declares no service"
    stub = service_stub(service[1], module, RPC.findall(text))
    (raw / source.replace(".proto", "_pb2_grpc.pyi")).write_text(stub)
    names = [f"{service[1]}Servicer", f"{service[1]}Stub", f"add_{service[1]}Servicer_to_server"]
    lines = [f'"""{service[1]} over gRPC. Generated; do not edit."""', ""]
    lines += [f"from {module}_grpc import ("]
    lines += [*(f"    {name} as {name}," for name in names), ")"]
    (raw / f"{facade}.py").write_text("\n".join(lines) + "\n")


def service_stub(service: str, module: str, methods: list[tuple[str, str, str, str]]) -> str:
    """Types for grpc.aio: unary answers, requests that are one message or a stream of them."""
    return "\n".join(
        [
            "from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Sequence",
            "",
            "import grpc.aio",
            "",
            f"import {module} as pb",
            "",
            "Metadata = Sequence[tuple[str, str | bytes]]",
            "",
            f"class {service}Stub:",
            "    def __init__(self, channel: grpc.aio.Channel) -> None: ...",
            *(client_method(*method) for method in methods),
            "",
            f"class {service}Servicer:",
            *(server_method(*method) for method in methods),
            "",
            f"def add_{service}Servicer_to_server(",
            f"    servicer: {service}Servicer, server: grpc.aio.Server",
            ") -> None: ...",
            "",
        ]
    )


def client_method(name: str, stream: str, request: str, response: str) -> str:
    taken = f"request_iterator: AsyncIterable[pb.{request}]" if stream else f"request: pb.{request}"
    return (
        f"    def {name}(\n        self,\n        {taken},\n        *,\n"
        "        timeout: float | None = None,\n        metadata: Metadata | None = None,\n"
        f"    ) -> Awaitable[pb.{response}]: ..."
    )


def server_method(name: str, stream: str, request: str, response: str) -> str:
    taken = f"AsyncIterator[pb.{request}]" if stream else f"pb.{request}"
    argument = "request_iterator" if stream else "request"
    context = f"grpc.aio.ServicerContext[pb.{request}, pb.{response}]"
    return (
        f"    async def {name}(\n        self,\n        {argument}: {taken},\n"
        f"        context: {context},\n    ) -> pb.{response}: ..."
    )


def exported_names(stub: Path) -> list[str]:
    """The messages, enums and enum values a generated stub declares."""
    names = []
    for node in ast.parse(stub.read_text()).body:
        if isinstance(node, ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
    return sorted(name for name in names if name != "DESCRIPTOR")


if __name__ == "__main__":
    main()
