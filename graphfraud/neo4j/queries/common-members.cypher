// title: Members that two rings have in common
// ask: whether two rings are one business: the same bots rented out, or the same accounts gaining twice
// read: the weight and role in either ring; a bystander in both says little
// parameter ring_id string: id of one ring
// parameter other_ring_id string: id of the other
// parameter limit integer = 100: rows at most
MATCH (:Ring {ring_id: $ring_id, run: $run})-[one:HAS_MEMBER {run: $run}]->(subject)
MATCH (:Ring {ring_id: $other_ring_id, run: $run})-[other:HAS_MEMBER {run: $run}]->(subject)
MATCH (subject)<-[judged:JUDGED {run: $run}]-()
RETURN toLower(labels(subject)[0]) AS kind, coalesce(subject.account_id, subject.track_id, subject.listener_id) AS id,
  one.role AS role, one.weight AS weight, other.role AS other_role, other.weight AS other_weight,
  judged.risk AS risk, judged.verdict AS verdict
ORDER BY weight * other_weight DESC, kind, id
LIMIT $limit
