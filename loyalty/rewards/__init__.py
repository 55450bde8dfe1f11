"""What points buy, which guest may have it now, coupons, and the limits of both. No I/O."""
