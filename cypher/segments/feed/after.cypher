// The changes of all segments after a place in the feed.
// Parameters: after, size. Columns: place, segment, kind, number, at (ms). Index: segment_change_place.
MATCH (x:SegmentChange)
WHERE x.place > $after
RETURN x.place AS place, x.segment AS segment, x.kind AS kind, x.number AS number, x.at AS at
ORDER BY place
LIMIT $size
