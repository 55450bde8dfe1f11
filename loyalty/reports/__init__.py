"""What the books say: liability and settlement, statements, and the proof that sums and counters are right."""
