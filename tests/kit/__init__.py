"""What tests of the core share: how to build it, hard events, and what the store must look like afterwards."""
