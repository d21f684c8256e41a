// title: Risky, but in no ring
// ask: after the rings: lone wolves, and rings that nobody has recognised yet
// read: held, under review or blocked, and member of no ring; reasons say why
// parameter kind any|account|track|listener = any: what is looked for
// parameter limit integer = 50: rows at most
MATCH ()-[judged:JUDGED]->(subject)
USING INDEX SEEK judged:JUDGED(run, restriction)
WHERE judged.run = $run AND judged.restriction IN ['hold', 'review', 'block']
  AND ($kind = 'any' OR toLower(labels(subject)[0]) = $kind)
  AND NOT EXISTS { (subject)<-[:HAS_MEMBER {run: $run}]-() }
WITH judged, subject, coalesce(subject.account_id, subject.track_id, subject.listener_id) AS id
RETURN toLower(labels(subject)[0]) AS kind, id, subject.title AS title, judged.risk AS risk,
  judged.verdict AS verdict, judged.reasons AS reasons, judged.label AS label
ORDER BY risk DESC, kind, id
LIMIT $limit
