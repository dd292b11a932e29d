"""Where settings come from, which one wins, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostiary.connector.arguments import parse
from ostiary.connector.resolve import resolve
from ostiary.connector.settings import Settings
from ostiary.connector.sources import load_document
from ostiary.connector.status import ConnectorError, Status, UsageError
from tests.connector.fake import CREDENTIALS, FIELDS, definition


def settings_from(
    *words: str, environment: dict[str, str] | None = None, folder: Path = Path("/nowhere")
) -> Settings:
    variables = CREDENTIALS | (environment or {})
    declared = definition()
    return resolve(
        declared, parse(declared, words).flags, variables, load_document(variables, folder)
    )


def write_yaml(folder: Path, text: str, name: str = ".baton.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_flag_wins_over_the_environment_which_wins_over_the_file(tmp_path: Path) -> None:
    folder = write_yaml(tmp_path, "fake-region: us\nfake-page-size: 7\nfake-domains: [x]\n")
    environment = {"BATON_FAKE_REGION": "eu", "BATON_FAKE_PAGE_SIZE": "8"}
    settings = settings_from("--fake-page-size", "9", environment=environment, folder=folder)
    assert settings.get_int("fake-page-size") == 9
    assert settings.get_str("fake-region") == "eu"
    assert settings.get_list("fake-domains") == ("x",)


def test_an_empty_variable_counts_as_absent(tmp_path: Path) -> None:
    folder = write_yaml(tmp_path, "fake-region: us\n")
    settings = settings_from(environment={"BATON_FAKE_REGION": ""}, folder=folder)
    assert settings.get_str("fake-region") == "us"


def test_defaults_hold_where_nothing_is_given() -> None:
    settings = settings_from()
    assert settings.get_int("fake-page-size") == 100
    assert settings.get_str("file") == "sync.c1z"
    assert settings.get_int("http-timeout-seconds") == 300
    assert not settings.given("fake-page-size")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--fake-skip-guests"], True),
        (["--fake-skip-guests=false"], False),
        (["--fake-skip-guests=T"], True),
        ([], False),
    ],
)
def test_a_bare_switch_means_true_and_takes_no_word(words: list[str], expected: bool) -> None:
    settings = settings_from(*words, "--fake-region", "eu")
    assert settings.get_bool("fake-skip-guests") is expected
    assert settings.get_str("fake-region") == "eu"


def test_lists_come_repeated_comma_separated_quoted_or_from_yaml(tmp_path: Path) -> None:
    words = ["--fake-domains", "a, b", "--fake-domains", '"c,d"']
    assert settings_from(*words).get_list("fake-domains") == ("a", "b", "c,d")
    environment = {"BATON_FAKE_DOMAINS": "a,b"}
    assert settings_from(environment=environment).get_list("fake-domains") == ("a", "b")
    folder = write_yaml(tmp_path, "fake-domains:\n  - a\n  - 7\n")
    assert settings_from(folder=folder).get_list("fake-domains") == ("a", "7")


def test_the_newline_that_a_kubernetes_secret_often_ends_with_is_dropped() -> None:
    settings = settings_from(environment={"BATON_FAKE_CLIENT_SECRET": "s3cr3t\n"})
    assert settings.get_str("fake-client-secret") == "s3cr3t"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--fake-page-size", "many"], "--fake-page-size=many is not a whole number"),
        (["--fake-page-size", "0"], "--fake-page-size=0 is less than 1"),
        (["--fake-page-size", "1000"], "more than 999"),
        (["--fake-skip-guests=maybe"], "neither true nor false"),
        (["--fake-region", "mars"], "--fake-region=mars is not one of eu, us"),
        (["--skip-grants"], "--skip-grants works only together with --sync-resources"),
        (["--fake-proxy-user", "x"], "--fake-proxy-user needs --fake-proxy-password beside it"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(words: list[str], complaint: str) -> None:
    with pytest.raises(ConnectorError, match=complaint) as caught:
        settings_from(*words)
    assert caught.value.status is Status.INVALID_ARGUMENT


def test_everything_that_is_missing_is_listed_at_once() -> None:
    declared = definition()
    document = load_document({}, Path("/nowhere"))
    with pytest.raises(ConnectorError) as caught:
        resolve(declared, {}, {}, document)
    message = str(caught.value)
    assert "3 settings are wrong" in message
    for variable in CREDENTIALS:
        assert variable in message
    assert "Which tenant to read." in message
    assert "certificate" not in message


def test_the_way_to_authenticate_follows_from_what_is_given() -> None:
    assert settings_from().auth_method == "client-secret"
    environment = {"BATON_FAKE_CLIENT_SECRET": "", "BATON_FAKE_CERTIFICATE": "/x.pem"}
    assert settings_from(environment=environment).auth_method == "certificate"


def test_two_ways_to_authenticate_exclude_each_other_unless_one_is_picked() -> None:
    both = ["--fake-certificate", "/x.pem"]
    with pytest.raises(ConnectorError, match="more than one way to authenticate"):
        settings_from(*both)
    chosen = settings_from(*both, "--auth-method", "certificate")
    assert chosen.auth_method == "certificate"


def test_a_picked_way_requires_its_own_fields() -> None:
    with pytest.raises(ConnectorError, match=r"--fake-certificate .* is missing"):
        settings_from("--auth-method", "certificate")
    with pytest.raises(ConnectorError, match="one of: client-secret, certificate"):
        settings_from("--auth-method", "magic")


def test_an_unknown_flag_is_an_error_that_suggests_the_right_one() -> None:
    with pytest.raises(UsageError, match="unknown flag: --fake-regoin") as caught:
        settings_from("--fake-regoin", "eu")
    assert "--fake-region" in caught.value.remedy
    assert caught.value.exit_code == 1


def test_a_word_out_of_place_is_not_repeated_unless_it_looks_like_a_command() -> None:
    with pytest.raises(UsageError, match="unknown command 'capabilites'"):
        settings_from("capabilites")
    with pytest.raises(UsageError) as caught:
        settings_from("Xy7~hunter2")
    assert "hunter2" not in str(caught.value)


def test_the_named_configuration_file_is_used(tmp_path: Path) -> None:
    write_yaml(tmp_path, "fake-region: us\n", "other.yml")
    environment = {"BATON_CONFIG_PATH": str(tmp_path / "other.yml")}
    assert settings_from(environment=environment).get_str("fake-region") == "us"


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("settings.json", "{}", "must end in .yaml or .yml"),
        ("a.yaml", "- just\n- a list\n", "`name: value` lines"),
        ("a.yaml", "fake-client-secret: 'hunter2\n", "is not YAML"),
        ("missing.yaml", None, "No such file"),
    ],
)
def test_a_configuration_file_that_cannot_be_used_is_refused_without_quoting_it(
    tmp_path: Path, name: str, text: str | None, complaint: str
) -> None:
    if text is not None:
        write_yaml(tmp_path, text, name)
    with pytest.raises(ConnectorError, match=complaint) as caught:
        settings_from(environment={"BATON_CONFIG_PATH": str(tmp_path / name)})
    assert "hunter2" not in str(caught.value)


def test_a_secret_is_not_repeated_when_its_value_is_refused(tmp_path: Path) -> None:
    folder = write_yaml(tmp_path, "fake-client-secret: {nested: hunter2}\n")
    with pytest.raises(ConnectorError, match="must be a single value") as caught:
        settings_from(environment={"BATON_FAKE_CLIENT_SECRET": ""}, folder=folder)
    assert "hunter2" not in str(caught.value)


def test_settings_do_not_show_secrets() -> None:
    settings = settings_from()
    assert "canary" not in repr(settings)
    assert "fake-client-id='reader'" in repr(settings)
    assert list(settings.secret_values()) == ["canary-of-the-client-secret"]


def test_settings_insist_on_the_declared_type() -> None:
    settings = settings_from()
    with pytest.raises(TypeError, match="fake-skip-guests"):
        settings.get_int("fake-skip-guests")
    with pytest.raises(KeyError):
        settings.get_str("undeclared")


PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize("spelling", ["path", "text", "data"])
def test_a_file_field_takes_a_path_pem_text_or_a_data_url(tmp_path: Path, spelling: str) -> None:
    (tmp_path / "x.pem").write_text(PEM)
    encoded = "data:application/x-pem-file;base64,LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIK"
    encoded += "LS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="
    value = {"path": str(tmp_path / "x.pem"), "text": PEM, "data": encoded}[spelling]
    settings = Settings(FIELDS, {"fake-certificate": value})
    content = settings.read_file("fake-certificate")
    assert content is not None
    assert content.decode().strip() == PEM.strip()
    assert (value in settings.secret_values()) is (spelling != "path")


def test_a_file_that_cannot_be_read_is_named() -> None:
    settings = Settings(FIELDS, {"fake-certificate": "/nowhere/x.pem"})
    with pytest.raises(ConnectorError, match=r"names a file .*: /nowhere/x\.pem"):
        settings.read_file("fake-certificate")
    with pytest.raises(ConnectorError, match="not base64"):
        Settings(FIELDS, {"fake-certificate": "data:;base64,%%%"}).read_file("fake-certificate")
    assert Settings(FIELDS, {}).read_file("fake-certificate") is None
