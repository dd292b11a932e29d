from pathlib import Path

import pytest

from tests.connector.running import Runner


@pytest.fixture
def runner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Runner:
    """Runs the fake connector with `--file` in a folder of its own."""
    return Runner(tmp_path, capsys)
