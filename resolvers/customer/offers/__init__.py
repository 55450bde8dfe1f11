"""What a guest can get: rewards and coupons, and the loyalty cards to get it by."""
