// Deletes the claim on a finding that is decided. Parameters: key (text). Index: review_key.
MATCH (v:Review {key: $key})
DELETE v
