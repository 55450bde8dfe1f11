"""Answers have the names and types that Toast's tills read."""

from __future__ import annotations

from connectors.toast.till_answer import TillAccount, accepted, found, judged, offer, refused
from connectors.toast.till_request import TillRedemption
from connectors.toast.till_status import TillStatus
from loyalty.rewards.reward_amount import Amount
from loyalty.rewards.rewards import Reward, RewardKind, Rewards


def test_an_account_leaves_out_what_is_not_known() -> None:
    account = TillAccount("till|x", 12, "Ann", None, "+12125550142", f"{'a' * 50}@example.org")
    assert account.row() == {
        "identifier": "till|x",
        "firstName": "Ann",
        "phone": "+12125550142",  # Toast takes no e-mail of more than 53 characters
        "pointsBalance": "12",
    }


COFFEE = Reward(id="coffee", name="Coffee", kind=RewardKind.PRODUCT, price={"default": 10}, value=Amount(350, "USD"))


def test_an_offer_says_what_it_takes_off_where_the_till_has_the_currency() -> None:
    assert offer(COFFEE, "USD") == {
        "identifier": "coffee",
        "name": "Coffee",
        "applicable": True,
        "selectionType": "CHECK",
        "amount": 3.5,
        "quantity": 1,
    }
    assert "amount" not in offer(COFFEE, "EUR")


def test_redemptions_are_said_again_with_what_they_take_off() -> None:
    said = {"identifier": "coffee", "appliedDiscountGuid": None, "amount": 99, "selectionGuid": "s-1", "quantity": None}
    one = TillRedemption.model_validate(said)
    rules, account = Rewards(rewards=(COFFEE,)), TillAccount("till|x", 1)
    valid = judged([one, one], ["", "None is left."], rules, account, "USD")["checkResponse"]
    assert valid["appliedRedemptions"] == [said | {"amount": 3.5, "quantity": 1}]
    assert valid["rejectedRedemptions"] == [
        {"redemption": said | {"amount": 3.5, "quantity": 1}, "message": "None is left."}
    ]


def test_every_answer_has_a_status() -> None:
    assert accepted() == {"transactionStatus": "ACCEPT"}
    assert found([]) == {"searchResponse": {"accounts": []}, "transactionStatus": "ACCEPT"}
    assert refused(TillStatus.ERROR, "Wait.") == {"transactionStatus": "ERROR", "message": "Wait."}
