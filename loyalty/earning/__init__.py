"""What orders earn beyond base points: computed from a guest's whole history, and booked as a difference."""
