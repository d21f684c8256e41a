// title: Members of a ring and their roles
// ask: when a ring is opened: who runs it, who gains, who plays for it, and who is merely played
// read: bystanders and victims are not accused; weight says how much of a member it is, ring_plays of all_plays how
//   much of its life is this ring
// parameter ring_id string: id of the ring
// parameter limit integer = 100: rows at most
MATCH (:Ring {ring_id: $ring_id, run: $run})-[member:HAS_MEMBER {run: $run}]->(subject)
MATCH (subject)<-[judged:JUDGED {run: $run}]-()
WITH member, judged, subject, coalesce(subject.account_id, subject.track_id, subject.listener_id) AS id,
  {operator: 0, beneficiary: 1, bot: 2, victim: 3, bystander: 4} AS place
RETURN member.role AS role, toLower(labels(subject)[0]) AS kind, id, subject.title AS title, member.weight AS weight,
  member.ring_plays AS ring_plays, member.all_plays AS all_plays, judged.risk AS risk, judged.verdict AS verdict
ORDER BY place[role], kind, weight DESC, id
LIMIT $limit
