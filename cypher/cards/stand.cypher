// How loyalty cards stand, behind the locks of their identifiers, and how many cards the customer of a source record has.
// Parameters: cards [text], record. Columns: cards [{key, unusable, blocked, replaced, holders [[number, known]]}] in the order
// asked for; owner (customer number), owned. known: whether a customer is more than this card: a name, an account, or
// another identifier. A card that more than 100 customers have is shared, and so unusable.
// Index: identifier_key, source_record_key.
OPTIONAL MATCH (:SourceRecord {key: $record})-[:RESOLVED_TO]->(owner:Customer)
RETURN
  owner.number AS owner,
  COUNT {
    MATCH (owner)<-[:RESOLVED_TO]-(:SourceRecord)-[:HAS_IDENTIFIER]->(mine:Identifier {type: 'loyalty_card'})
    RETURN DISTINCT mine
  } AS owned,
  COLLECT {
    UNWIND $cards AS key
    MATCH (i:Identifier {key: key})
    RETURN {
      key: i.key,
      unusable: i.blocked OR i.shared,
      blocked: i.cardBlockedAt IS NOT NULL,
      replaced: EXISTS { (i)-[:REPLACED_BY]->(:Identifier) },
      holders: COLLECT {
        MATCH (i)<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
        WITH DISTINCT i, c
        LIMIT 100
        RETURN [
          c.number,
          c.nameDisplay <> '' OR EXISTS {
            MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)
            WHERE r.idPart IS NOT NULL OR EXISTS { MATCH (r)-[:HAS_IDENTIFIER]->(other:Identifier) WHERE other.key <> i.key }
          }
        ]
      }
    }
  } AS cards
