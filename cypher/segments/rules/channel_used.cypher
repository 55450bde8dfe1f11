// Condition: at least one visit by a channel.
// Expects: c. Parameters: leaf {channel}.
EXISTS {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction {channel: $leaf.channel})
  WHERE t.status IN ['completed', 'refunded']
}
