// title: Rings that a subject is in
// ask: when an account, track or listener turns up: is it known already, and in which role
// read: one row a ring, the one that matters most first; a bystander or victim is not accused
// parameter subject_id string: id of an account, track or listener
// parameter limit integer = 50: rows at most
CALL () {
  MATCH (subject:Account {account_id: $subject_id})
  RETURN subject
  UNION
  MATCH (subject:Track {track_id: $subject_id})
  RETURN subject
  UNION
  MATCH (subject:Listener {listener_id: $subject_id})
  RETURN subject
}
MATCH (subject)<-[:JUDGED {run: $run}]-()
MATCH (subject)<-[member:HAS_MEMBER {run: $run}]-(ring:Ring {run: $run})
RETURN toLower(labels(subject)[0]) AS kind, ring.ring_id AS ring_id, ring.kind AS ring_kind, ring.risk AS ring_risk,
  member.role AS role, member.weight AS weight, member.ring_plays AS ring_plays, member.all_plays AS all_plays
ORDER BY weight * ring_risk DESC, ring_id, kind
LIMIT $limit
