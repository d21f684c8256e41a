// title: Rings of the run, the riskiest first
// ask: to begin with: each of them is a case, and its id is what other questions take
// read: one row a ring; counts are of its extent, without those it merely plays; last comes its loudest evidence
// parameter kind any|stream|upload = any: rings named for their streams, for their uploads, or both
// parameter least_risk number = 0: rings of at least this risk (0-1)
// parameter limit integer = 50: rows at most
MATCH (ring:Ring {run: $run})
USING INDEX SEEK ring:Ring(run)
WHERE ring.risk >= $least_risk AND ($kind = 'any' OR ring.kind = $kind)
WITH ring
ORDER BY ring.risk DESC, ring.ring_id
LIMIT $limit
WITH ring, reduce(best = 0, ix IN range(0, size(ring.log_odds) - 1) |
  CASE WHEN ring.log_odds[ix] > ring.log_odds[best] THEN ix ELSE best END) AS loudest
RETURN ring.ring_id AS ring_id, ring.kind AS kind, ring.risk AS risk, ring.accounts AS accounts, ring.tracks AS tracks,
  ring.listeners AS listeners, ring.first_seen AS first_seen, ring.sentences[loudest] AS loudest_evidence
ORDER BY risk DESC, ring_id
