// Redemptions and grants that commands were about between two times, by these times: one at least where there is any.
// Each is whole, with all of its commands and ledger entries. `at`: up to when the page reaches.
// Parameters: after, until (RFC 3339), size.
// Columns: at, key, record, until, commands [{key, of, kind, asked, actor, brand, until, at, props, limits [[key,
// amount]]}], entries [{key, record, cause, at, points, kind, brand, reason, expires, account}]. Index: points_command_at.
MATCH (k:PointsCommand)
WHERE datetime($after) < k.at <= datetime($until)
WITH k.at AS at
ORDER BY at
LIMIT $size
WITH max(at) AS until
MATCH (k:PointsCommand)
WHERE datetime($after) < k.at <= until
WITH DISTINCT until, coalesce(head([(k)-[:OF]->(first:PointsCommand) | first]), k) AS first
MATCH (first)<-[:COMMANDED]-(r:SourceRecord)
RETURN
  toString(until) AS at,
  first.key AS key,
  r.key AS record,
  toString(first.until) AS until,
  COLLECT {
    MATCH (first)<-[of:OF*0..1]-(k:PointsCommand)
    RETURN {
      key: k.key,
      of: CASE WHEN size(of) = 1 THEN first.key END,
      kind: k.kind,
      asked: k.asked,
      actor: k.actor,
      brand: k.brand,
      until: toString(k.until),
      at: toString(k.at),
      props: k {
        .reward, .coupon, .code, .sealed, .worth, .currency, .store, .channel, .off, .points, .expires, .reason, .pending,
        .till, .soldAt, .sold, .missing, .flag
      },
      limits: COLLECT {
        MATCH (k)-[taken:TAKES]->(l:Limit)
        RETURN [l.key, taken.amount] ORDER BY l.key
      }
    }
    ORDER BY size(of), k.key
  } AS commands,
  COLLECT {
    MATCH (first)<-[:OF*0..1]-(k:PointsCommand)<-[:FOR]-(l:LedgerEntry)
    RETURN {
      key: l.key,
      record: r.key,
      cause: k.key,
      at: toString(l.at),
      points: l.points,
      kind: l.kind,
      brand: l.brand,
      reason: l.reason,
      expires: toString(l.expires),
      account: l.account
    }
    ORDER BY l.key
  } AS entries
ORDER BY key
