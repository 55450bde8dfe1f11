"""Who may see what: callers, roles, scopes of fields, the trail of what was shown."""
