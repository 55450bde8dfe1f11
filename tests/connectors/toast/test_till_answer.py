"""Answers have the names and types that Toast's tills read."""

from __future__ import annotations

from connectors.toast.till_answer import TillAccount, accepted, found, refused
from connectors.toast.till_status import TillStatus


def test_an_account_leaves_out_what_is_not_known() -> None:
    account = TillAccount("till|x", 12, "Ann", None, "+12125550142", f"{'a' * 50}@example.org")
    assert account.row() == {
        "identifier": "till|x",
        "firstName": "Ann",
        "phone": "+12125550142",  # Toast takes no e-mail of more than 53 characters
        "pointsBalance": "12",
    }


def test_every_answer_has_a_status() -> None:
    assert accepted() == {"transactionStatus": "ACCEPT"}
    assert found([]) == {"searchResponse": {"accounts": []}, "transactionStatus": "ACCEPT"}
    assert refused(TillStatus.ERROR, "Wait.") == {"transactionStatus": "ERROR", "message": "Wait."}
