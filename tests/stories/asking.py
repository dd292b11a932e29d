"""What an administrator asks of one app over REST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

Json = dict[str, Any]


@dataclass
class Rest:
    """`as_of` arguments are RFC 3339; empty means now."""

    client: httpx2.Client

    def get(self, path: str, **query: Any) -> Json:
        given = {name: value for name, value in query.items() if value not in ("", None)}
        return answered(self.client.get(f"/api/v1{path}", params=given))

    def post(self, path: str, body: Json | None = None, **query: Any) -> Json:
        given = {name: value for name, value in query.items() if value not in ("", None)}
        return answered(self.client.post(f"/api/v1{path}", json=body or {}, params=given))

    def delete(self, path: str, body: Json | None = None) -> Json:
        return answered(self.client.request("DELETE", f"/api/v1{path}", json=body or {}))

    def pages(self, path: str, **query: Any) -> Iterator[Json]:
        """The entries of every page of a list."""
        token = ""
        while True:
            page = self.get(path, page_token=token, page_size=100, **query)
            yield from page["list"]
            if not (token := page["nextPageToken"]):
                return

    def search(self, path: str, body: Json, **query: Any) -> Iterator[Json]:
        token = ""
        while True:
            paging = {"pageToken": token, "pageSize": 100}
            page = self.post(f"/search/{path}", body | paging, **query)
            yield from page["list"]
            if not (token := page["nextPageToken"]):
                return


@dataclass
class AppView(Rest):
    """Entitlements and accounts go by the ids that the connector gave them."""

    app_id: str
    _entitlement_ids: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    def app(self) -> Json:
        app: Json = self.get(f"/apps/{self.app_id}")["app"]
        return app

    def accounts(self, as_of: str = "") -> dict[str, Json]:
        """By object id."""
        found = self.pages(f"/apps/{self.app_id}/app_users", as_of=as_of)
        return {object_id(view["appUser"]): view["appUser"] for view in found}

    def find_accounts(self, **wanted: Any) -> list[Json]:
        found = self.search("app_users", {"appId": self.app_id, **wanted})
        return [view["appUser"] for view in found]

    def entitlements(self, as_of: str = "") -> dict[str, Json]:
        """What connectors brought, by the id they gave it."""
        found = self.pages(f"/apps/{self.app_id}/entitlements", as_of=as_of)
        told = (view["appEntitlement"] for view in found)
        return {each["externalId"]: each for each in told if not each["systemBuiltin"]}

    def resource_types(self) -> dict[str, str]:
        """Our ids by name."""
        types = self.pages(f"/apps/{self.app_id}/resource_types")
        told = (view["appResourceType"] for view in types)
        return {each["displayName"]: each["id"] for each in told}

    def resources(self, type_name: str, as_of: str = "") -> dict[str, Json]:
        """Of one type, by the id that the connector gave them; `type_name` as people see it."""
        type_id = self.resource_types()[type_name]
        path = f"/apps/{self.app_id}/resource_types/{type_id}/resources"
        found = self.pages(path, as_of=as_of)
        return {view["appResource"]["externalId"]: view["appResource"] for view in found}

    def holders(self, entitlement: str, as_of: str = "", direct: str = "") -> dict[str, Json]:
        """Who holds it, by the id that the connector gave them: accounts, groups and others."""
        path = f"{self._entitlement(entitlement)}/holders"
        found = self.pages(path, as_of=as_of, direct=direct)
        return {held["principal"]["externalId"]: held for held in found}

    def explain(self, entitlement: str, principal_id: str, as_of: str = "") -> Json:
        """`principal_id` is ours."""
        path = f"{self._entitlement(entitlement)}/holders/{principal_id}/explanation"
        return self.get(path, as_of=as_of)

    def paths(self, entitlement: str, principal_id: str, as_of: str = "") -> list[list[str]]:
        """Every explanation as the names of what is held on the way."""
        told = self.explain(entitlement, principal_id, as_of)
        assert told["complete"]
        return [
            [step["entitlement"]["displayName"] for step in path["steps"]] for path in told["paths"]
        ]

    def history(self, entitlement: str, principal_id: str) -> list[Json]:
        path = f"{self._entitlement(entitlement)}/holders/{principal_id}/history"
        stretches: list[Json] = self.get(path)["list"]
        return stretches

    def held_by(self, principal_id: str, as_of: str = "") -> dict[str, Json]:
        """What an account or a group of ours holds, by entitlement."""
        found = self.pages(f"/access/principals/{principal_id}/grants", as_of=as_of)
        return {held["entitlement"]["externalId"]: held for held in found}

    def differences(self, start: str, end: str = "") -> list[Json]:
        path = f"/apps/{self.app_id}/grant_differences"
        return list(self.pages(path, start=start, end=end))

    def discovered_apps(self, *, managed: bool = False) -> dict[str, Json]:
        """Apps under this one, by name."""
        wanted = {"parentAppIds": [self.app_id], "managed": managed}
        return {app["displayName"]: app for app in self.search("apps", wanted)}

    def _entitlement(self, external_id: str) -> str:
        """Ids stay, so one listing serves for many questions."""
        if external_id not in self._entitlement_ids:
            now = self.entitlements().items()
            self._entitlement_ids.update({name: each["id"] for name, each in now})
        return f"/apps/{self.app_id}/entitlements/{self._entitlement_ids[external_id]}"


def object_id(account: Json) -> str:
    """Of an account that Entra knows."""
    profile = account["profile"]
    told: str = profile.get("id") or profile.get("object_id") or account["displayName"]
    return told


def answered(answer: httpx2.Response) -> Json:
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told
