// Keeps why a redemption that a till asked for was refused. Of two answers the first stays.
// Parameters: key, asked (hash of the request), reasons [text]: one for each offer that was asked for; empty where it alone
// would have been had. Columns: asked, reasons. Index: till_refusal_key.
// allows: Eager (one row)
MERGE (t:TillRefusal {key: $key})
  ON CREATE SET
    t.asked = $asked,
    t.reasons = $reasons,
    t.at = datetime()
RETURN t.asked AS asked, t.reasons AS reasons
