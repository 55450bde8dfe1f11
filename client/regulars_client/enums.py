from enum import Enum


class ChangeKind(str, Enum):
    MERGED = "MERGED"
    REVIVED = "REVIVED"
    SPLIT = "SPLIT"
    MOVED = "MOVED"
    CREATED = "CREATED"


class Channel(str, Enum):
    DINE_IN = "DINE_IN"
    TAKEAWAY = "TAKEAWAY"
    DELIVERY = "DELIVERY"
    PICKUP = "PICKUP"
    DRIVE_THROUGH = "DRIVE_THROUGH"
    CURBSIDE = "CURBSIDE"
    KIOSK = "KIOSK"
    ROOM_SERVICE = "ROOM_SERVICE"
    CATERING = "CATERING"
    MARKETPLACE = "MARKETPLACE"
    PHONE = "PHONE"
    IN_STORE = "IN_STORE"
    WEB = "WEB"
    APP = "APP"
    OTHER = "OTHER"


class LedgerKind(str, Enum):
    EARN = "EARN"
    REFUND = "REFUND"
    ADJUST = "ADJUST"
    REASSIGN = "REASSIGN"
    REDEEM = "REDEEM"
    HOLD = "HOLD"
    RELEASE = "RELEASE"
    REVERSE = "REVERSE"
    GRANT = "GRANT"
    BONUS = "BONUS"
    CARRY_OVER = "CARRY_OVER"
    TRANSFER = "TRANSFER"


class RecordKind(str, Enum):
    KNOWN = "KNOWN"
    ANONYMOUS = "ANONYMOUS"
    SEVERAL = "SEVERAL"


class SegmentChangeKind(str, Enum):
    FOLLOWING = "FOLLOWING"
    ENTERED = "ENTERED"
    LEFT = "LEFT"


class Standing(str, Enum):
    LINKS = "LINKS"
    SHARED = "SHARED"
    BLOCKED = "BLOCKED"
    ATTRIBUTE = "ATTRIBUTE"


class TransactionStatus(str, Enum):
    PLACED = "PLACED"
    COMPLETED = "COMPLETED"
    REFUNDED = "REFUNDED"
    CANCELLED = "CANCELLED"
