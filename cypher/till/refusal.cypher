// Why a redemption that a till asked for was refused.
// Parameters: key. Columns: reasons [text], one for each that was asked for; empty where it alone would have been had.
// Index: till_refusal_key.
MATCH (t:TillRefusal {key: $key})
RETURN t.reasons AS reasons
