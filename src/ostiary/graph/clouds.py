"""Microsoft's clouds: which login host issues tokens for which Graph host.

Source: "National cloud deployments" of the Graph docs, and Entra's "National clouds" page.
"""

from ostiary.graph.domains import parse_domain

GLOBAL_GRAPH = "graph.microsoft.com"
GLOBAL_LOGIN = "login.microsoftonline.com"

_LOGIN_OF_GRAPH = {
    GLOBAL_GRAPH: GLOBAL_LOGIN,
    "graph.microsoft.us": "login.microsoftonline.us",
    "dod-graph.microsoft.us": "login.microsoftonline.us",
    "microsoftgraph.chinacloudapi.cn": "login.partner.microsoftonline.cn",
}


class UnknownCloud(ValueError):  # noqa: N818
    """No login host is known for this Graph host."""


def login_domain(graph_domain: str) -> str:
    """The login host of a known cloud; UnknownCloud asks for an explicit one otherwise."""
    try:
        return _LOGIN_OF_GRAPH[parse_domain(graph_domain)]
    except KeyError:
        raise UnknownCloud(
            f"{graph_domain} is not one of Microsoft's Graph hosts that are known here "
            f"({', '.join(_LOGIN_OF_GRAPH)}). Name the login host that issues its tokens too."
        ) from None


def default_scope(graph_domain: str) -> str:
    """The scope of an app-only token for this Graph host: all permissions granted to the app."""
    return f"https://{parse_domain(graph_domain)}/.default"
