// title: Who shares devices, addresses or payees with an account
// ask: to find the others behind an account: one person with many names leaves few devices
// read: one row a subject; through names what is shared, the rarest first; sharers is how many strangers share the
//   rarest of it: two who alone share a device are closer than fifty behind one address
// parameter account_id string: id of the account
// parameter most_sharers integer = 50: leave out what more strangers than this share
// parameter limit integer = 50: rows at most
MATCH (account:Account {account_id: $account_id})
MATCH (account)-[own:USED|PAID_OUT_TO WHERE own.since <= $run < own.until]->(means:Means)
WHERE 1.0 / own.weight <= $most_sharers + 0.5
MATCH (means)<-[theirs:USED|PAID_OUT_TO WHERE theirs.since <= $run < theirs.until]-(other)
WHERE other <> account
WITH other, own.weight AS weight, means.means_id AS means_id
ORDER BY weight DESC, means_id
WITH other, collect(means_id) AS through, max(weight) AS rarest
MATCH (other)<-[judged:JUDGED {run: $run}]-()
RETURN toLower(labels(other)[0]) AS kind, coalesce(other.account_id, other.listener_id) AS id, through,
  toInteger(round(1.0 / rarest)) AS sharers, judged.risk AS risk, judged.verdict AS verdict, judged.ring_id AS ring_id
ORDER BY sharers, size(through) DESC, kind, id
LIMIT $limit
