"""What rewards take off a basket, which of them are had together, and why others are not. No I/O."""
