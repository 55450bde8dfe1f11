"""The two ports of the embedded server, chosen and checked to be free before anything starts."""

from __future__ import annotations

import http.client
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus

from domain.errors import SetupError
from domain.settings import Settings

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    bolt: int
    http: int


def claim(settings: Settings) -> Ports:
    """Ports free a moment ago; 0 in the settings means any. Raises SetupError naming a taken port and its setting."""
    with ExitStack() as held:  # both are held while the second is chosen, so that they differ
        bolt = _bind(held, settings.neo4j_bolt_port, "REGULARS_NEO4J_BOLT_PORT", "Bolt")
        http = _bind(held, settings.neo4j_http_port, "REGULARS_NEO4J_HTTP_PORT", "HTTP and Browser")
        return Ports(bolt, http)


def _bind(held: ExitStack, port: int, variable: str, use: str) -> int:
    listener = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    # As Java does: a port in TIME_WAIT after a stop is free, a port with a listener is not.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen()
    except OSError as error:
        raise SetupError(
            f"Port {port} ({use}) of {LOOPBACK} cannot be used: {error.strerror}.",
            hint=f"Stop what listens there, or set {variable} to another port (0: any free one). "
            "If it is a Neo4j that you want to use, set REGULARS_NEO4J_URI instead.",
        ) from error
    return listener.getsockname()[1]


def serves_http(port: int) -> bool:
    """True if something answers a GET of / there with 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
