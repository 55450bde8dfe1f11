// Looking up customers by a phone, e-mail, card, device or a system's own id needs the scope profile:find. Keys from
// before that could do it get it; `scopesBefore` keeps what they had, and that a key was looked at.
MATCH (k:ServiceKey)
WHERE k.scopesBefore IS NULL AND 'profile:read' IN k.scopes AND NOT 'profile:find' IN k.scopes
SET k.scopesBefore = k.scopes, k.scopes = k.scopes + ['profile:find'];
