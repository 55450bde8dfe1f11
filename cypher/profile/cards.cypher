// Part: the customer's loyalty cards, the newest first, with what the loyalty service keeps of each. by: the card that
// replaced it, masked.
// Expects: c. Column: part.
COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[has:HAS_IDENTIFIER]->(i:Identifier)
  WHERE i.type = 'loyalty_card' AND NOT i.blocked
  WITH i, min(has.firstSeen) AS since
  ORDER BY since DESC, i.key
  LIMIT 100
  RETURN {
    key: i.key,
    display: i.display,
    sealed: i.sealed,
    since: toString(since),
    blocked: toString(i.cardBlockedAt),
    reason: i.cardReason,
    by: head(COLLECT { MATCH (i)-[:REPLACED_BY]->(new:Identifier) RETURN new.display LIMIT 1 })
  }
} AS part
