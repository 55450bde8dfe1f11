"""What a profile shows of loyalty: points, tier, cards, rewards, and the dry run of a basket."""
