// title: Subjects whose verdict got stricter
// ask: after each load: whom to look at first; where there is no run before, whoever is not simply allowed
// read: before is empty for what the run before did not know; the strictest and riskiest come first
// parameter kind any|account|track|listener = any: what is looked for
// parameter limit integer = 50: rows at most
MATCH ()-[now:JUDGED]->(subject)
USING INDEX SEEK now:JUDGED(run, restriction)
WHERE now.run = $run AND now.restriction IN ['hold', 'review', 'block']
  AND ($kind = 'any' OR toLower(labels(subject)[0]) = $kind)
OPTIONAL MATCH (subject)<-[before:JUDGED {run: $previous}]-()
WITH now, before, subject, {allow: 0, hold: 1, review: 2, block: 3} AS strictness
WHERE strictness[now.verdict] > coalesce(strictness[before.verdict], 0)
RETURN toLower(labels(subject)[0]) AS kind, coalesce(subject.account_id, subject.track_id, subject.listener_id) AS id,
  subject.title AS title, before.verdict AS before, now.verdict AS now, before.risk AS risk_before, now.risk AS risk,
  now.ring_id AS ring_id
ORDER BY strictness[now] DESC, risk DESC, kind, id
LIMIT $limit
