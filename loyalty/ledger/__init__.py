"""Points as entries between accounts, and as lots that expire. No I/O."""
