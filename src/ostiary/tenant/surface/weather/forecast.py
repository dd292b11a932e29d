"""A forecast in force."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, Self

import msgspec
import yaml

from ostiary.tenant.surface.message import GraphRequest
from ostiary.tenant.surface.weather.rules import ArmedRule, InvalidWeatherError, Rule, can_strike
from ostiary.tenant.surface.weather.strikes import Strike


class Forecast(msgspec.Struct, forbid_unknown_fields=True):
    rules: list[Rule] = []
    seed: int = 1


class Weather:
    """`struck` counts the faults that have struck, by name."""

    def __init__(self, rules: list[Rule], seed: int = 1) -> None:
        self._rules = [
            ArmedRule(rule, Random(f"{seed}/{number}")) for number, rule in enumerate(rules)
        ]
        self._chance = Random(f"{seed}/strikes")
        self.struck: Counter[str] = Counter()

    @classmethod
    def of(cls, forecast: Mapping[str, Any]) -> Self:
        """Raises InvalidWeatherError."""
        try:
            read = msgspec.convert(forecast, Forecast)
        except msgspec.ValidationError as error:
            raise InvalidWeatherError(str(error)) from error
        return cls(read.rules, read.seed)

    @classmethod
    def load(cls, path: Path) -> Self:
        """From YAML. Raises InvalidWeatherError, and OSError when it cannot be opened."""
        try:
            forecast = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise InvalidWeatherError(f"{path}: {error}") from error
        if not isinstance(forecast, Mapping):
            raise InvalidWeatherError(f"{path}: a forecast is a mapping with 'rules'")
        return cls.of(forecast)

    def strike(self, operation: str, request: GraphRequest) -> Strike | None:
        """Every rule counts every request it matches; the first that strikes decides."""
        found = None
        for armed in self._rules:
            fault = armed.strikes(operation, request)
            if fault and found is None and can_strike(fault, operation, request):
                found = Strike(fault, armed.rule, self._chance)
        if found is not None:
            self.struck[found.fault] += 1
        return found
