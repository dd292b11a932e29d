import inspect
import subprocess
import sys
from pathlib import Path

from google.protobuf import descriptor_pool

from ostiary.baton.pb import c1z_v1, config_v1, connector_v2, connectorapi_v1, rpc
from ostiary.baton.pb.connectorapi_v1_grpc import BatonServiceServicer, BatonServiceStub

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "src/ostiary/baton/pb"


def sources(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.suffix in {".py", ".pyi"}]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_committed_modules_are_what_the_proto_files_generate(tmp_path: Path) -> None:
    script = ROOT / "scripts/proto.py"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path / "pb")], check=True)
    assert sources(tmp_path / "pb") == sources(GENERATED)


def test_facades_load_every_message_of_every_proto_file() -> None:
    facades = (connector_v2, config_v1, c1z_v1, connectorapi_v1, rpc)
    assert all(facade.__name__.startswith("ostiary.baton.pb.") for facade in facades)
    pool = descriptor_pool.Default()
    proto = ROOT / "proto"
    names = [path.relative_to(proto).as_posix() for path in proto.rglob("*.proto")]
    assert len(names) > 35
    for name in names:
        assert pool.FindFileByName(name).name == name


def test_a_fresh_interpreter_needs_one_import_to_know_every_annotation() -> None:
    program = (
        "from ostiary.baton.pb import connector_v2\n"
        "from google.protobuf import descriptor_pool\n"
        "find = descriptor_pool.Default().FindMessageTypeByName\n"
        "find('c1.connector.v2.EntitlementExclusionGroup')\n"
        "find('c1.connector.v2.ManagedDeviceTrait')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_messages_belong_to_the_module_they_are_imported_from() -> None:
    assert connector_v2.Grant.__module__ == "ostiary.baton.pb.c1.connector.v2.grant_pb2"
    assert connector_v2.Grant.DESCRIPTOR.file.name == "c1/connector/v2/grant.proto"


def test_the_service_offers_every_call_to_both_sides() -> None:
    file = connectorapi_v1.Task.DESCRIPTOR.file
    methods = [method.name for method in file.services_by_name["BatonService"].methods]
    assert methods[:2] == ["Hello", "GetTask"]
    assert all(hasattr(BatonServiceServicer, name) for name in methods)
    stub = inspect.getsource(BatonServiceStub)
    assert all(f"/c1.connectorapi.baton.v1.BatonService/{name}'" in stub for name in methods)
