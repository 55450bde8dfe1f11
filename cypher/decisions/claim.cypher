// Creates the decision of a request, or finds it where the request was sent before; locks it.
// Parameters: request (text). Columns: id, null for a new decision; asked, the hash of what it asked for, if known.
// Index: decision_request.
MERGE (d:Decision {request: $request})
SET d.request = $request
RETURN d.id AS id, d.asked AS asked
