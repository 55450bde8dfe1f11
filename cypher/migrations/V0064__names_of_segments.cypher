// A segment's name is its own, in whatever case. Segments that were stored before get theirs when they are saved again.
CREATE CONSTRAINT segment_name IF NOT EXISTS FOR (g:Segment) REQUIRE g.nameKey IS UNIQUE;
