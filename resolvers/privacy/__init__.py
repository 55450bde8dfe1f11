"""The desk of privacy: consent and the audit log."""
