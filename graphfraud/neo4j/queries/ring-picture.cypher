// title: A ring as a picture
// ask: to see how a ring hangs together; write it with --html FILE
// read: the weightiest members of each kind, their uploads, plays and like recordings, and what two of them share
// parameter ring_id string: id of the ring
// parameter limit integer = 20: members of each kind at most
MATCH (ring:Ring {ring_id: $ring_id, run: $run})
CALL (ring) {
  MATCH (ring)-[member:HAS_MEMBER {run: $run} WHERE member.role <> 'bystander']->(subject:Account)
  RETURN member, subject
  ORDER BY member.weight DESC, subject.account_id
  LIMIT $limit
  UNION ALL
  MATCH (ring)-[member:HAS_MEMBER {run: $run} WHERE member.role <> 'bystander']->(subject:Track)
  RETURN member, subject
  ORDER BY member.weight DESC, subject.track_id
  LIMIT $limit
  UNION ALL
  MATCH (ring)-[member:HAS_MEMBER {run: $run} WHERE member.role <> 'bystander']->(subject:Listener)
  RETURN member, subject
  ORDER BY member.weight DESC, subject.listener_id
  LIMIT $limit
}
MATCH (subject)<-[judged:JUDGED {run: $run}]-()
WITH ring, collect(subject) AS drawn, collect({member: member, judged: judged, subject: subject}) AS members
CALL (drawn) {
  UNWIND drawn AS subject
  MATCH (subject)-[use:USED|PAID_OUT_TO WHERE use.since <= $run < use.until]->(means:Means)
  WITH means, collect(use) AS uses
  WHERE size(uses) >= 2
  WITH means, uses
  ORDER BY means.means_id
  RETURN collect({means: means, uses: uses}) AS shared
}
UNWIND members AS each
WITH ring, drawn, shared, each.subject AS subject, each.member AS member, each.judged AS judged
RETURN ring, subject, member, judged,
  COLLECT {
    MATCH (subject)-[tie:UPLOADED|STREAMED|SOUNDS_LIKE WHERE tie.since <= $run < tie.until]->(other)
    WHERE other IN drawn
    RETURN tie
    ORDER BY type(tie), other.track_id
  } AS ties,
  [each IN shared WHERE any(use IN each.uses WHERE startNode(use) = subject) | each.means] AS means,
  [each IN shared | head([use IN each.uses WHERE startNode(use) = subject])] AS uses
ORDER BY labels(subject)[0], member.weight DESC, coalesce(subject.account_id, subject.track_id, subject.listener_id)
