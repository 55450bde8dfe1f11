"""What a guest can get: rewards and coupons."""
