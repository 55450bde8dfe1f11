// Writes the result of a look: the customers' followed segments, when time alone may change them, and the changes.
// Parameters: people [{number, segments, due}], changes [{place, segment, kind, number}], at (ms), place (the last),
// swept [{id, to}]. Index: customer_number, segment_id, segment_feed_id.
// allows: Eager (a page of customers and their changes)
CALL () {
  UNWIND $people AS row
  MATCH (c:Customer {number: row.number})
  SET c.segments = row.segments, c.segmentsDue = row.due
}
CALL () {
  UNWIND $changes AS row
  CREATE (x:SegmentChange)
  SET x = row, x.at = $at
}
CALL () {
  UNWIND $swept AS row
  MATCH (g:Segment {id: row.id})
  SET g.sweptTo = row.to
}
MATCH (f:SegmentFeed {id: 'feed'})
SET f.place = $place
