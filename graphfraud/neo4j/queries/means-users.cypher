// title: Who uses a device, address, payee or plan
// ask: when one of them keeps turning up: who else is on it, and how risky they are
// read: one row a subject, the riskiest first; a campus address has many and mostly harmless ones
// parameter means_id string: id of the device, address, payee or plan group, with its kind, such as device:4f2a
// parameter limit integer = 100: rows at most
MATCH (means:Means {means_id: $means_id})<-[use:USED|PAID_OUT_TO WHERE use.since <= $run < use.until]-(subject)
MATCH (subject)<-[judged:JUDGED {run: $run}]-()
RETURN toLower(labels(subject)[0]) AS kind, coalesce(subject.account_id, subject.listener_id) AS id,
  subject.created_at AS created_at, judged.risk AS risk, judged.verdict AS verdict, judged.ring_id AS ring_id
ORDER BY risk DESC, kind, id
LIMIT $limit
