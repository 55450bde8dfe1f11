"""The till protocol: what tills ask and do about guests' points while a check is open."""
