// Makes the decision that a request asks for, or finds it where the request was sent before; locks it.
// Parameters: request (text). Columns: id, which a new one has not. Index: decision_request.
MERGE (d:Decision {request: $request})
SET d.request = $request
RETURN d.id AS id
