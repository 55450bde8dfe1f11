"""Only what anybody can reach is a webhook's address, however it is written."""

from __future__ import annotations

import pytest

from engagement.webhooks.public_address import NotPublic, address_of, is_public


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_a_public_address_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "168.63.129.16",
        "::ffff:168.63.129.16",
        "192.0.0.9",
        "192.0.0.192",
        "fec0::1",
        "feff::1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:0a00:0001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_an_address_of_this_machine_or_its_network_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "::1"])
async def test_a_name_of_such_an_address_is_refused(host: str) -> None:
    try:
        with pytest.raises(NotPublic):
            await address_of(host, 443, anywhere=False)
    except OSError:
        pytest.skip("this machine does not read such a host")


async def test_in_development_any_address_will_do() -> None:
    assert await address_of("127.0.0.1", 80, anywhere=True) == "127.0.0.1"
