// title: An account and whom it shares with, as a picture
// ask: to see the web around an account; write it with --html FILE
// read: diamonds are devices, addresses, plans and payees; whoever hangs on the same one shares it
// parameter account_id string: id of the account
// parameter most_sharers integer = 50: leave out what more strangers than this share
// parameter limit integer = 60: ties at most
MATCH (account:Account {account_id: $account_id})
MATCH (account)-[own:USED|PAID_OUT_TO WHERE own.since <= $run < own.until]->(means:Means)
WHERE 1.0 / own.weight <= $most_sharers + 0.5
MATCH (means)<-[theirs:USED|PAID_OUT_TO WHERE theirs.since <= $run < theirs.until]-(other)
MATCH (other)<-[judged:JUDGED {run: $run}]-()
WITH account, own, means, theirs, other, judged
ORDER BY own.weight DESC, means.means_id, other <> account, coalesce(other.account_id, other.listener_id)
LIMIT $limit
OPTIONAL MATCH (other)<-[member:HAS_MEMBER {run: $run}]-(:Ring {ring_id: judged.ring_id, run: $run})
RETURN other AS subject, theirs AS tie, means, judged, member
ORDER BY own.weight DESC, means.means_id, other <> account, coalesce(other.account_id, other.listener_id)
