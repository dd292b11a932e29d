"""What a kind of connector says of itself, by its program's `config` and `capabilities`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.json_format import Parse, ParseError
from google.protobuf.message import Message

from ostiary.baton.pb.config_v1 import Configuration
from ostiary.baton.pb.connector_v2 import ConnectorCapabilities
from ostiary.server.connectors.catalogue.kinds import ENTRA, Kind
from ostiary.server.connectors.oauth.offering import with_oauth
from ostiary.server.connectors.programs.asking import TooSlowError, ask
from ostiary.server.connectors.programs.starting import located
from ostiary.server.kernel.errors import AppError, failed_precondition
from ostiary.server.kernel.settings import Settings

M = TypeVar("M", bound=Message)


@dataclass(frozen=True)
class Description:
    configuration: Configuration
    capabilities: ConnectorCapabilities


def describe(settings: Settings, kind: Kind) -> Description:
    """AppError where nothing is known: nobody here runs that kind, or its program does not tell.

    A program is asked once, and again when it changed.
    """
    if not kind.hosted:
        raise failed_precondition(
            f"Connectors of the kind {kind.display_name} are run and configured elsewhere."
        )
    path = located(kind.program)
    key = (str(path), path.stat().st_mtime_ns)
    if key not in _known:
        _known[key] = Description(
            _told(settings, kind.program, "config", Configuration()),
            _capabilities(settings, kind.program),
        )
    known = _known[key]
    if kind.catalog_id != ENTRA:
        return known
    return Description(with_oauth(known.configuration), known.capabilities)


_known: dict[tuple[str, int], Description] = {}


def _capabilities(settings: Settings, program: str) -> ConnectorCapabilities:
    packed, told = _told(settings, program, "capabilities", AnyMessage()), ConnectorCapabilities()
    packed.Unpack(told)
    return told


def _told(settings: Settings, program: str, word: str, message: M) -> M:
    try:
        answer = ask(settings, program, [word])
        return Parse(answer.out, message, ignore_unknown_fields=True)
    except TooSlowError:
        raise _silent(program, word, "it does not end") from None
    except ParseError as error:
        raise _silent(program, word, answer.err.strip()[-500:] or str(error)) from None


def _silent(program: str, word: str, reason: str) -> AppError:
    return failed_precondition(f"{program} {word} does not tell what it should: {reason}")
