"""Small JSON texts made smaller before they are sealed: deflate (RFC 1951) with a dictionary of what events say.

A sealed text cannot be compressed, and an event alone is too short to repeat itself: with the words that most events
have in common it takes about a third of its size. The dictionary is part of the format: texts that were written with it
are read with it for ever, so it never changes. A better one gets a version of its own in `privacy.vault`.
"""

from __future__ import annotations

import zlib

MAX_EXPANDED = 1 << 20
"""Bytes of a text that is read back; what an event may hold is far less."""

# What is found most often stands last, where a reference to it is shortest.
_DICTIONARY = (
    b'"reference":"product.upserted","product":{"category":"store.upserted","store":{"brand":{"timezone":"Europe/'
    b'America/New_York"},"country":"US","GB","DE","AT","FR","IT","ES"alias","previous":{"birthDate":"19"sex":"f","m",'
    b'"suffix":"Jr","language":"en","de","fr","es","it"address":{"line1":" Street Avenue Road","line2":"city":"New York'
    b'","region":"postcode":"extra":{"marketing_email","sms","push","cross_brand_profile","consent.changed","consent":{'
    b'"purpose":"granted":true}}false}}"refund":{"order":"order.refunded"page","name":"/menu","track","properties":{'
    b'"government_id":"account_id":["external_id":["payment_token":["anonymous_id":["device_id":["loyalty_card":["email"'
    b':["@gmail.com"],@example.org"],"phone":["+1"+44"+43"+49identify","traits":{"familyName":"givenName":"}}}}'
    b'"terminal":"dine_in","takeaway","delivery","pickup","in_store","web","app","lines":[{"product":"name":"quantity":"2"'
    b',"1","amount":"0"},{"product":"order.placed",{"type":"order.completed","messageId":"source":"at":"2026-01-2025-12-'
    b'T12:00:00Z","+00:00","brand":"subject":{"id":"identifiers":{"phone":["order":{"id":"store":"channel":"currency":"USD'
    b'EUR","total":"12.50","lines":[]}}'
)
_RAW = -12  # a window of 4 KiB, and no header: an event and the dictionary fit in


def compact(text: bytes) -> bytes:
    """The text, smaller."""
    work = zlib.compressobj(6, zlib.DEFLATED, _RAW, 5, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY)
    return work.compress(text) + work.flush()


def expand(small: bytes) -> bytes:
    """What was made compact. Raises ValueError where it is damaged or longer than `MAX_EXPANDED`."""
    work = zlib.decompressobj(_RAW, _DICTIONARY)
    try:
        text = work.decompress(small, MAX_EXPANDED)
    except zlib.error:
        raise ValueError("a compact text is damaged") from None
    if not work.eof:
        raise ValueError("a compact text is cut off, or too long")
    return text
