"""What the wire allows (protocol reference 1.1). Messages name the field, as stock servers do."""

import re
from collections.abc import Sized
from typing import Final

MAX_ANNOTATIONS: Final = 16
MAX_CHUNK: Final = 1_048_576
MAX_PAGE: Final = 100
MAX_TEXT: Final = 256
CHECKSUM_BYTES: Final = 32
_TASK_ID: Final = re.compile(r"[a-zA-Z0-9]{27}")


class InvalidRequestError(ValueError):
    """A request breaks the protocol's limits."""


def check_host(host_id: str) -> None:
    if not host_id:
        raise InvalidRequestError("host_id is required")
    check_text("host_id", host_id)


def check_task_id(task_id: str, *, optional: bool = False) -> None:
    if optional and not task_id:
        return
    if not _TASK_ID.fullmatch(task_id):
        raise InvalidRequestError("task_id must be 27 letters and digits")


def check_annotations(annotations: Sized) -> None:
    if len(annotations) > MAX_ANNOTATIONS:
        raise InvalidRequestError(f"at most {MAX_ANNOTATIONS} annotations are allowed")


def check_page_size(page_size: int) -> None:
    if not 1 <= page_size <= MAX_PAGE:
        raise InvalidRequestError(f"page_size must be 1 to {MAX_PAGE}")


def check_chunk(data: Sized) -> None:
    if not 1 <= len(data) <= MAX_CHUNK:
        raise InvalidRequestError(f"data must have 1 to {MAX_CHUNK} bytes")


def check_checksum(checksum: Sized) -> None:
    if len(checksum) != CHECKSUM_BYTES:
        raise InvalidRequestError(f"sha256_checksum must have {CHECKSUM_BYTES} bytes")


def check_page_of_ids(task_ids: Sized) -> None:
    if len(task_ids) > MAX_PAGE:
        raise InvalidRequestError(f"at most {MAX_PAGE} task_ids are allowed")


def check_text(name: str, text: str) -> None:
    if len(text) > MAX_TEXT:
        raise InvalidRequestError(f"{name} must have at most {MAX_TEXT} characters")
    if "\x00" in text:
        raise InvalidRequestError(f"{name} holds a zero byte")
