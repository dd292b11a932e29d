"""Directories on the wire: c1.api.directory.v1, with sources of attributes and previews as ours."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ostiary.server.directory.rules import expressions
from ostiary.server.directory.rules.assembly import Directory as Wanted
from ostiary.server.directory.rules.attributes import DEFAULT_MAPPINGS, mappings_of
from ostiary.server.directory.rules.matching import MOST_CASES, Case, rules_of_cases
from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store.assembling import Preview as Found
from ostiary.server.directory.store.directories import Stored
from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.rest import Message, Timestamp

EXAMPLES = 100


class FilterAll(Message):
    pass


class FilterCel(Message):
    expression: str = ""


class MatchCase(Message):
    app_user_key_cel: str = ""
    user_key_cel: str = ""


class MergeConfig(Message):
    match_cases: list[MatchCase] = Field(default_factory=list, max_length=MOST_CASES)


class AttributeOrigin(Message):
    """A key of the account's profile, or an expression over `account`."""

    profile_key: str = ""
    cel: str = ""


class DirectorySettings(Message):
    """`attributeSources` is ours: what replaces the usual sources of an attribute, in order.

    So is `signInIssuer`: the OpenID Connect issuer whose subjects are the ids of this app's
    accounts, such as `https://login.microsoftonline.com/<tenant>/v2.0` of a tenant of Entra. Who
    signs in there is then whom the directory says, whatever the e-mail address. Absent, it stays.
    """

    all: FilterAll | None = None
    cel_expression: FilterCel | None = None
    merge_config: MergeConfig | None = None
    attribute_sources: dict[str, list[AttributeOrigin]] = Field(default_factory=dict)
    sign_in_issuer: str | None = None

    def stored_mappings(self) -> dict[str, Any]:
        return {
            name: [
                {"key": each.profile_key} if each.profile_key else {"cel": each.cel}
                for each in origins
            ]
            for name, origins in self.attribute_sources.items()
        }

    def directory(self, app_id: str) -> Wanted:
        """INVALID_ARGUMENT, with CEL's own words, unless every expression can be used."""
        if self.all is not None and self.cel_expression is not None:
            raise invalid("a directory has either all or celExpression")
        condition = self.cel_expression.expression.strip() if self.cel_expression else ""
        if self.cel_expression is not None and not condition:
            raise invalid("celExpression is empty")
        if condition:
            expressions.condition(condition)
        cases = self.merge_config.match_cases if self.merge_config else []
        merge_cases = tuple(Case(each.app_user_key_cel, each.user_key_cel) for each in cases)
        rules_of_cases(merge_cases)
        self._check_sources()
        return Wanted(app_id, condition, merge_cases, mappings_of(self.stored_mappings()))

    def _check_sources(self) -> None:
        for name, origins in self.attribute_sources.items():
            if name not in DEFAULT_MAPPINGS:
                raise invalid(f"{name} is none of {', '.join(DEFAULT_MAPPINGS)}")
            for each in origins:
                if bool(each.profile_key) == bool(each.cel):
                    raise invalid(f"a source of {name} has either profileKey or cel")
                if each.cel:
                    expressions.account_key(each.cel)


class CreateDirectoryRequest(DirectorySettings):
    app_id: str


class Directory(DirectorySettings):
    app_id: str
    created_at: Timestamp
    updated_at: Timestamp


class DirectoryView(Message):
    directory: Directory
    app_path: str = ""


class DirectoryReply(Message):
    directory_view: DirectoryView
    expanded: list[dict[str, Any]] = Field(default_factory=list)


class DirectoryList(Message):
    expanded: list[dict[str, Any]] = Field(default_factory=list)
    next_page_token: str = ""
    list: list[DirectoryView]


class PreviewPerson(Message):
    """`id` is empty for somebody who would be new."""

    id: str
    display_name: str
    email: str


class Preview(Message):
    """Whom these settings would add and remove: how many, and the first hundred by name.

    `undecidedCount`: accounts for which the expression has no value; nothing changes for them.
    """

    added_count: int
    removed_count: int
    undecided_count: int
    added: list[PreviewPerson]
    removed: list[PreviewPerson]


class OrgDomain(Message):
    id: str
    domain: str


class OrgDomainList(Message):
    list: list[OrgDomain]
    next_page_token: str = ""


class UpdateOrgDomainsRequest(Message):
    new_domains: list[str] = Field(default_factory=list, max_length=1000)


def directory_view(stored: Stored) -> DirectoryView:
    directory = stored.directory
    cel = FilterCel(expression=directory.condition) if directory.condition else None
    return DirectoryView(
        directory=Directory(
            app_id=directory.app_id,
            all=None if cel else FilterAll(),
            cel_expression=cel,
            merge_config=MergeConfig(
                match_cases=[
                    MatchCase(app_user_key_cel=case.account_key, user_key_cel=case.user_key)
                    for case in directory.merge_cases
                ]
            ),
            attribute_sources={
                name: [AttributeOrigin(profile_key=each.key, cel=each.cel) for each in origins]
                for name, origins in directory.mappings.items()
            },
            sign_in_issuer=stored.sign_in_issuer,
            created_at=stored.created_at,
            updated_at=stored.updated_at,
        )
    )


def preview_message(found: Found) -> Preview:
    return Preview(
        added_count=len(found.added),
        removed_count=len(found.removed),
        undecided_count=len(found.undecided),
        added=[_person(each, "") for each in found.added[:EXAMPLES]],
        removed=[_person(each, each.id) for each in found.removed[:EXAMPLES]],
    )


def _person(person: Person, identity: str) -> PreviewPerson:
    return PreviewPerson(id=identity, display_name=person.display_name, email=person.email)
