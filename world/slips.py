"""What fingers do to values: formats, typos and the case of letters. Typed e-mail addresses stay valid."""

from __future__ import annotations

import random

_FORMATS = (
    "({area}) {exchange}-{line}",
    "{area}-{exchange}-{line}",
    "{area}{exchange}{line}",
    "+1{area}{exchange}{line}",
    "+1 {area} {exchange} {line}",
    "{area}.{exchange}.{line}",
)


def phone_format(rng: random.Random, phone: str) -> str:
    """One of the ways Americans write ten digits."""
    return rng.choice(_FORMATS).format(area=phone[:3], exchange=phone[3:6], line=phone[6:])


def phone_typo(rng: random.Random, phone: str) -> str:
    """One digit of the last seven is another, or two neighbours change places: possibly a stranger's number."""
    place = rng.randrange(4, 9)
    if rng.random() < 0.5 and phone[place] != phone[place + 1]:
        return phone[:place] + phone[place + 1] + phone[place] + phone[place + 2 :]
    return phone[:place] + str((int(phone[place]) + rng.randrange(1, 10)) % 10) + phone[place + 1 :]


def word_typo(rng: random.Random, word: str) -> str:
    """A letter is dropped, doubled, or changes places with its neighbour; short words stay."""
    if len(word) < 4:
        return word
    place = rng.randrange(1, len(word) - 2)
    kind = rng.random()
    if kind < 0.4:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + word[place + 1 :] if kind < 0.7 else word[:place] + word[place] + word[place:]


def email_typo(rng: random.Random, email: str) -> str:
    """A slip in the longest word of the local part or in the provider's name."""
    local, domain = email.split("@")
    if rng.random() < 0.5:
        word = max("".join(c if c.isalpha() else " " for c in local).split(), key=len)
        return f"{local.replace(word, word_typo(rng, word), 1)}@{domain}"
    name, end = domain.rsplit(".", 1)
    return f"{local}@{word_typo(rng, name)}.{end}"


def case(rng: random.Random, word: str) -> str:
    """Mostly as it is; sometimes all capitals or all small letters."""
    luck = rng.random()
    return word if luck > 0.12 else word.upper() if luck > 0.05 else word.lower()
