// The form of a relationship that shows where a record belonged at a moment: it replaces RESOLVED_TO in a profile's queries.
// Parameters: asOf (RFC 3339). It is no statement by itself.
[STAY:RESOLVED_TO|WAS_RESOLVED_TO WHERE STAY.since <= datetime($asOf) AND (STAY.until IS NULL OR datetime($asOf) < STAY.until)]
