"""The tier of a guest: reached, kept, and lost again by orders and by time."""
