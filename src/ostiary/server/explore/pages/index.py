"""`/explore` and one question. Counts come one by one, so that none keeps the page waiting."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.explore.pages.answering import COUNTS, SHOWS, Moments
from ostiary.server.explore.questions import QUESTIONS, Question
from ostiary.server.explore.store.bounds import MOST
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.shell import ShellOf

_BY_KEY: Final = {question.key: question for question in QUESTIONS}

router = APIRouter(prefix="/explore", include_in_schema=False)

Explorer = Annotated[Access, requires(Permission.EXPLORE)]


@router.get("")
def explore(shell: ShellOf, access: Explorer) -> Response:
    return shell.page("explore/index.html", "Explore", questions=QUESTIONS)


@router.get("/{key}")
def show_answer(shell: ShellOf, access: Explorer, key: str) -> Response:
    question = _find(key)
    show = SHOWS.get(key)
    return show(shell, question) if show else shell.go(shell.link(question.path))


@router.get("/{key}/count")
def count(shell: ShellOf, access: Explorer, key: str) -> Response:
    """A part of the page, which takes it in."""
    question = _find(key)
    with shell.kernel.read() as connection:
        number = COUNTS[key](connection, Moments(shell.as_of, shell.now))
    words = f"{MOST:,}+" if number > MOST else f"{number:,}"
    return shell.page("explore/count.html", question.title, words=words, none=number == 0)


def _find(key: str) -> Question:
    question = _BY_KEY.get(key)
    if question is None:
        raise not_found(f"There is no question {key[:40]}.")
    return question
