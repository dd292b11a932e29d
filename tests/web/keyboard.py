"""Whoever has no mouse: everything is reached with Tab, from where the focus is."""

from __future__ import annotations

from playwright.sync_api import Locator

FAR = 200
"""As often as nobody would press Tab."""

_FOCUSED = "each => each === document.activeElement"
_OF_THE_GROUP = """each => document.activeElement.type === 'radio'
    && document.activeElement.name === each.name"""


def reach(place: Locator) -> None:
    _tab_until(place, _FOCUSED)


def press(place: Locator) -> None:
    """A link or a button."""
    reach(place)
    place.page.keyboard.press("Enter")


def tick(place: Locator) -> None:
    reach(place)
    place.page.keyboard.press("Space")


def write(place: Locator, text: str) -> None:
    """Instead of what the field has: Tab marks all of it."""
    reach(place)
    place.page.keyboard.insert_text(text)


def choose(radio: Locator) -> None:
    """Tab leads to the group, arrows from one to the next."""
    _tab_until(radio, _OF_THE_GROUP)
    for _ in range(FAR):
        if radio.is_checked():
            return
        radio.page.keyboard.press("ArrowDown")
    raise AssertionError(f"arrows do not lead to {radio}")


def _tab_until(place: Locator, there: str) -> None:
    place.wait_for()
    for _ in range(FAR):
        if place.evaluate(there):
            return
        place.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {place}")
