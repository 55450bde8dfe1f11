"""Keys of the graph's nodes. None of them can be turned back into what a person typed."""

from __future__ import annotations

import base64

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def customer_number(digest: str) -> str:
    """`CUST-XXXX-XXXX-XXXX` from a keyed hash (URL-safe base64): 60 bits in Crockford's base 32, easy to read aloud."""
    bits = int.from_bytes(base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4))[:8], "big") >> 4
    text = "".join(_CROCKFORD[(bits >> (5 * place)) & 31] for place in reversed(range(12)))
    return f"CUST-{text[:4]}-{text[4:8]}-{text[8:]}"
