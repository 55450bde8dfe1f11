-- Every identifier once, with the first day it was seen.
SELECT
  i.key, any_value(i.type) AS type, any_value(i.display) AS display, any_value(i.part) AS part, any_value(i.sealed) AS sealed,
  any_value(i.blocked) AS blocked, min(i.firstSeen) AS "firstSeen", any_value(s.people) AS people
FROM identified i
LEFT JOIN shared s ON s.key = i.key
GROUP BY i.key
