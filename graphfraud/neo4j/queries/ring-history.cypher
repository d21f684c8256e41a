// title: A ring then and now
// ask: whether a ring grows, fades or was seen before; the run before is the only one whose judgement is kept
// read: one row for each piece of evidence or number of the ring, in the run before and in this one
// parameter ring_id string: id of the ring
MATCH (now:Ring {ring_id: $ring_id, run: $run})
OPTIONAL MATCH (before:Ring {ring_id: $ring_id, run: $previous})
WITH [ring IN [before, now] | CASE WHEN ring IS NOT NULL THEN
    [{what: 'risk', at: ring.risk}, {what: 'accounts', at: ring.accounts}, {what: 'tracks', at: ring.tracks},
      {what: 'listeners', at: ring.listeners}, {what: 'first seen', at: ring.first_seen},
      {what: 'last seen', at: ring.last_seen}]
    + [ix IN range(0, size(ring.measures) - 1) | {what: 'log-odds of ' + ring.measures[ix], at: ring.log_odds[ix]}]
  ELSE [] END] AS sides
WITH sides[0] AS before, sides[1] AS now
WITH before, now, now + [old IN before WHERE none(new IN now WHERE new.what = old.what)] AS every
UNWIND range(0, size(every) - 1) AS place
WITH place, every[place].what AS what, before, now
RETURN what, head([each IN before WHERE each.what = what | each.at]) AS before,
  head([each IN now WHERE each.what = what | each.at]) AS now
ORDER BY place
