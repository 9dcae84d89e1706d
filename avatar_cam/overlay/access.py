"""Who may connect to the overlay server.

A web page that somebody looks at runs in a browser on this machine, and may open WebSockets to it: its
`Origin` tells it from our own page. By DNS rebinding a foreign page can make its own name lead to this
machine, and so become our page's equal: but then the name stands in `Host`.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

#: Pages from a file as OBS loads them, old and new. Browsers call those `null`, and so they call a frame that
#: any web page can make, so that one is not among them.
FILE_ORIGINS = frozenset({"file://", "http://absolute"})
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?")


def is_loopback(host: str) -> bool:
    """Whether a host, by name or number, is this machine to itself; OSError when there is no such host."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    return all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for address in found)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not."""

    status: HTTPStatus
    why: str


@dataclass(frozen=True, slots=True)
class Access:
    """`names` are the hosts by which this machine is called, beside numbers; `origins` more pages to let in.

    With a `token`, whoever connects must show it.
    """

    names: frozenset[str]
    token: str | None = None
    origins: frozenset[str] = frozenset()

    def refuse_host(self, hosts: Sequence[str]) -> Refusal | None:
        """`hosts` are the values of the request's header `Host`."""
        if len(hosts) != 1 or not self._is_own(hosts[0]):
            return Refusal(HTTPStatus.FORBIDDEN, "this machine is not called so")
        return None

    def refuse_client(
        self, host: str, origins: Sequence[str], path: str, authorizations: Sequence[str]
    ) -> Refusal | None:
        """For the WebSocket; `origins` and `authorizations` are the values of these headers."""
        allowed = self.origins | FILE_ORIGINS | {f"http://{host}"}
        if any(origin not in allowed for origin in origins):
            return Refusal(HTTPStatus.FORBIDDEN, "this page may not connect; see overlay-origins")
        if self.token is not None and not self._shown(path, authorizations):
            return Refusal(HTTPStatus.UNAUTHORIZED, "the token is missing or wrong")
        return None

    def _is_own(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].strip("[]").lower()
        if name in self.names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _shown(self, path: str, authorizations: Sequence[str]) -> bool:
        tokens = parse_qs(urlsplit(path).query).get("token", [])
        tokens += [value.removeprefix("Bearer ") for value in authorizations if value.startswith("Bearer ")]
        wanted = (self.token or "").encode()
        # What is no ASCII comes as halves of characters, which cannot be encoded; no token has a backslash.
        shown = (token.encode(errors="backslashreplace") for token in tokens)
        return any(hmac.compare_digest(token, wanted) for token in shown)
