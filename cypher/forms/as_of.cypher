// The form of a relationship that tells where a record stood at a moment: it stands for RESOLVED_TO in a profile's queries.
// Parameters: asOf (RFC 3339). No statement by itself.
[STAY:RESOLVED_TO|WAS_RESOLVED_TO WHERE STAY.since <= datetime($asOf) AND (STAY.until IS NULL OR datetime($asOf) < STAY.until)]
