"""The desk of marketers: stored segments and their members."""
