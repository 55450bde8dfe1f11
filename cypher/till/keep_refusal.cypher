// Keeps why a redemption that a till asked for was refused. Of two answers the first stays.
// Parameters: key, reasons [text]. Columns: reasons. Index: till_refusal_key.
// allows: Eager (one row)
MERGE (t:TillRefusal {key: $key})
  ON CREATE SET
    t.reasons = $reasons,
    t.at = datetime()
RETURN t.reasons AS reasons
