"""One folder per system that sends events or receives them: translation only, no decisions."""
