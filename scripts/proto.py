"""Generates src/ostiary/baton/pb from proto/. Run it after every change of a .proto file.

    python scripts/proto.py [--out DIRECTORY]

protoc names Python modules after the files (`c1.connector.v2.grant_pb2`), as if this package owned
the top-level name `c1`. The imports are rewritten so that the modules live under
`ostiary.baton.pb`; the descriptors keep their file names, which is what the wire knows. One flat
facade module a package re-exports every message, and so loads every annotation an Any may hold.
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
}


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
        for folder in [raw, *(path for path in raw.rglob("*") if path.is_dir())]:
            (folder / "__init__.py").touch()
        if out.exists():
            shutil.rmtree(out)
        shutil.copytree(raw, out)


def run_protoc(out: Path) -> None:
    sources = sorted(path.relative_to(PROTO).as_posix() for path in PROTO.rglob("*.proto"))
    well_known = str(files("grpc_tools") / "_proto")
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{well_known}"]
    command += [f"--python_out={out}", f"--pyi_out={out}", *sources]
    subprocess.run(command, check=True)  # noqa: S603 - our own arguments


def rehome(source: str) -> str:
    """Rewrites the generated imports and module names to live below PACKAGE."""
    source = re.sub(
        r"^from ((?:c1|validate)[.\w]*) import", rf"from {PACKAGE}.\1 import", source, flags=re.M
    )
    return re.sub(
        r"(BuildTopDescriptorsAndMessages\(DESCRIPTOR, ')(c1|validate)\.",
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
