// title: Rings that the run before did not know
// ask: after each load: what is new; where there is no run before, all of them are
// read: one row a ring, the riskiest first; members_judged_before is how many of its extent the run before knew
// parameter limit integer = 50: rows at most
MATCH (ring:Ring {run: $run})
USING INDEX SEEK ring:Ring(run)
WHERE NOT EXISTS { (:Ring {ring_id: ring.ring_id, run: $previous}) }
WITH ring
ORDER BY ring.risk DESC, ring.ring_id
LIMIT $limit
RETURN ring.ring_id AS ring_id, ring.kind AS kind, ring.risk AS risk, ring.accounts AS accounts,
  ring.tracks AS tracks, ring.listeners AS listeners, ring.first_seen AS first_seen, COUNT {
    (ring)-[member:HAS_MEMBER {run: $run} WHERE member.role <> 'bystander']->()<-[:JUDGED {run: $previous}]-()
  } AS members_judged_before
ORDER BY risk DESC, ring_id
