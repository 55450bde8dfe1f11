"""Finds a host's address and refuses one that is not public: a webhook must not reach what only this machine can reach.

The address that was checked is the one that is connected to. A name is asked for once: a second answer may be another.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket

_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # a cloud provider's own service, at a public address
        "192.0.0.0/24",  # protocol assignments
        "fec0::/10",  # site-local, of old
        "64:ff9b::/96",  # carries an IPv4 address, as does the next
        "64:ff9b:1::/48",
    )
)


class NotPublic(Exception):
    """The host has an address that is not public."""


def is_public(address: str) -> bool:
    """Whether anybody on the internet can reach this IP address. One that carries another inside is judged by that."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.sixtofour is not None or found.teredo is not None:
            return False
    if any(found in network for network in _REFUSED):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


async def address_of(host: str, port: int, *, anywhere: bool) -> str:
    """An IP address of the host. Raises NotPublic where any of its addresses is not (unless `anywhere`), OSError where
    it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not anywhere and not all(map(is_public, addresses)):
        raise NotPublic
    return addresses[0]
