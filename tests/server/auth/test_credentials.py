"""Rules without a database: passwords, networks, client ids, secrets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostiary.server.kernel.auth.client_ids import (
    ClientId,
    new_client_name,
    new_secret,
    parse_client_id,
    public_key_of,
)
from ostiary.server.kernel.auth.networks import allows, parse_networks
from ostiary.server.kernel.auth.passwords import Passwords, WeakPasswordError, check_password
from tests.server.auth.people import CHEAP


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "x" * 257,
        "aaaaaaaaaaaaa",
        "ababababababab",
        "abcdefghijklm",
        "9876543210zyx"[:10] + "/.-",
        "carol.lives.here",
        "MyOstiary2026",
        "Password12345",
    ],
)
def test_a_guessable_password_is_refused_with_the_reason(password: str) -> None:
    with pytest.raises(WeakPasswordError, match=r"Use|Do not"):
        check_password(password, "carol@corp.test", "Carol")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "日本語のパスワードは長いほど良い", "é" + "x1y2z3w4v5u6"]
)
def test_length_is_what_counts(password: str) -> None:
    check_password(password, "carol@corp.test", "Carol")


def test_a_password_is_kept_as_argon2id_and_told_from_others() -> None:
    hashed = Passwords().hash("correct horse battery")
    assert hashed.startswith("$argon2id$")
    assert Passwords().verify(hashed, "correct horse battery")
    assert not Passwords().verify(hashed, "correct horse batterz")
    assert not CHEAP.verify(None, "nobody has this password")
    assert not CHEAP.verify("not a hash", "x")


def test_a_password_is_the_same_however_the_keyboard_composes_it() -> None:
    assert CHEAP.verify(CHEAP.hash("caf\u00e9 au lait, trois"), "cafe\u0301 au lait, trois")


def test_a_hash_of_yesterdays_cost_is_outdated() -> None:
    assert Passwords().is_outdated(CHEAP.hash("correct horse battery"))
    assert not CHEAP.is_outdated(CHEAP.hash("correct horse battery"))


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        ([], "10.0.0.1", True),
        ([], "", True),
        (["10.0.0.0/8"], "10.255.0.1", True),
        (["10.0.0.0/8"], "11.0.0.1", False),
        (["10.0.0.0/8"], "::ffff:10.0.0.1", True),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "10.0.0.1", False),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["10.0.0.0/8"], "", False),
        (["10.0.0.0/8"], "testclient", False),
    ],
)
def test_a_network_lets_its_own_addresses_through(
    networks: list[str], address: str, allowed: bool
) -> None:
    assert allows(networks, address) is allowed


def test_networks_are_kept_in_normal_form() -> None:
    assert parse_networks([" 10.1.2.3/8", "2001:DB8::1"]) == ["10.0.0.0/8", "2001:db8::1/128"]
    with pytest.raises(ValueError, match="at most"):
        parse_networks(["10.0.0.0/8"] * 33)


@pytest.mark.parametrize(
    "text",
    ["", "x", "name@host", "@host/pcc", "name@/pcc", "name@host/", "na me@host/pcc", "A@host/pcc"],
)
def test_what_is_no_client_id_is_none(text: str) -> None:
    assert parse_client_id(text) is None


def test_a_client_id_comes_apart_as_clients_take_it_apart() -> None:
    made = ClientId(new_client_name("key"), "ostiary.test:8443", "pcc")
    assert parse_client_id(str(made)) == made


def test_a_secret_proves_its_public_key_and_does_not_show_itself() -> None:
    made = new_secret()
    assert public_key_of(made.secret) == made.public_key
    assert made.secret not in repr(made)


@given(st.text())
def test_no_text_breaks_what_reads_secrets_and_client_ids(text: str) -> None:
    parse_client_id(text)
    assert public_key_of(text) is None
    assert public_key_of(f"secret-token:conductorone.com:v1:{text}") is None
