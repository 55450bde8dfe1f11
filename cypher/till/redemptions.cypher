// The redemptions that a till asked for, by the keys that they would have, and why their request was refused.
// Parameters: keys [text], refusal (key). Columns: redemptions [{key, asked, store, off, number, reversal}]: those that were
// carried out (off: minor units off each line of a basket, or null; number: the customer's; reversal: key of the command that
// took it back; null while it stands); refusal {asked, reasons [text]} or null.
// Index: points_command_key, till_refusal_key.
RETURN
  COLLECT {
    UNWIND $keys AS key
    MATCH (k:PointsCommand {key: key})
    RETURN k {
      .key, .asked, .store, .off,
      number: head([(k)<-[:COMMANDED]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer) | c.number]),
      reversal: head([(k)<-[:OF]-(back:PointsCommand {kind: 'reverse'}) | back.key])
    }
  } AS redemptions,
  head(COLLECT {
    MATCH (t:TillRefusal {key: $refusal})
    RETURN t {.asked, .reasons}
  }) AS refusal
