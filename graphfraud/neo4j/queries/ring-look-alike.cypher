// title: A scene or a farm?
// ask: before a ring is believed: fans, streaming parties and small local scenes look alike
// read: evidence with positive log-odds accuses, negative defends; a scene has an audience outside, shares few devices,
//   and its listeners came over years; a farm's came together and play little else
// parameter ring_id string: id of the ring
// parameter members integer = 2000: the weightiest members whose devices and ages are looked at
MATCH (now:Run {number: $run})
MATCH (ring:Ring {ring_id: $ring_id, run: $run})
CALL (ring) {
  MATCH (ring)-[member:HAS_MEMBER {run: $run, role: 'beneficiary'}]->(:Track)
  RETURN sum(member.all_plays) AS all_plays, sum(member.all_plays - member.ring_plays) AS outside_plays
}
CALL (ring) {
  MATCH (ring)-[member:HAS_MEMBER {run: $run, role: 'bot'}]->(:Listener)
  RETURN sum(member.all_plays) AS effort, sum(member.ring_plays) AS ring_effort
}
CALL (ring, now) {
  MATCH (ring)-[member:HAS_MEMBER {run: $run} WHERE member.role <> 'bystander']->(subject:Account|Listener)
  WITH now, subject
  ORDER BY member.weight DESC, coalesce(subject.account_id, subject.listener_id)
  LIMIT $members
  WITH subject, duration.inDays(subject.created_at, now.as_of).days AS age
  RETURN collect(subject) AS actors,
    percentileDisc(CASE WHEN subject:Listener THEN age END, 0.1) AS young_listener,
    percentileDisc(CASE WHEN subject:Listener THEN age END, 0.9) AS old_listener,
    percentileDisc(CASE WHEN subject:Account THEN age END, 0.1) AS young_account,
    percentileDisc(CASE WHEN subject:Account THEN age END, 0.9) AS old_account,
    count(CASE WHEN subject:Account THEN 1 END) AS accounts,
    count(CASE WHEN subject.verified THEN 1 END) AS verified
}
CALL (actors) {
  UNWIND actors AS actor
  MATCH (actor)-[use:USED|PAID_OUT_TO WHERE use.since <= $run < use.until]->(means:Means)
  WITH means, collect(DISTINCT actor) AS users
  WHERE size(users) >= 2
  UNWIND users AS user
  RETURN count(DISTINCT user) AS sharing, count(DISTINCT means) AS shared_means
}
CALL (ring) {
  MATCH (ring)-[:HAS_MEMBER {run: $run}]->(subject)<-[judged:JUDGED {run: $run} WHERE judged.label IS NOT NULL]-()
  RETURN count(CASE judged.label WHEN 'fraud' THEN 1 END) AS fraud,
    count(CASE judged.label WHEN 'legitimate' THEN 1 END) AS legitimate
}
WITH [ix IN range(0, size(ring.measures) - 1) | {about: 'evidence', fact: ring.sentences[ix], value: ring.values[ix],
    log_odds: ring.log_odds[ix]}] + [
  {about: 'audience', fact: 'plays of its tracks by others, share',
    value: CASE WHEN all_plays > 0 THEN round(1.0 * outside_plays / all_plays, 4) END},
  {about: 'audience', fact: 'plays of its bots within it, share',
    value: CASE WHEN effort > 0 THEN round(1.0 * ring_effort / effort, 4) END},
  {about: 'means', fact: 'actors that share a device, address, plan or payee with another, share',
    value: CASE WHEN size(actors) > 0 THEN round(1.0 * sharing / size(actors), 4) END},
  {about: 'means', fact: 'devices, addresses, plans and payees that they share, count', value: shared_means},
  {about: 'ages', fact: 'age of its listeners, 10th of 100, days', value: young_listener},
  {about: 'ages', fact: 'age of its listeners, 90th of 100, days', value: old_listener},
  {about: 'ages', fact: 'age of its accounts, 10th of 100, days', value: young_account},
  {about: 'ages', fact: 'age of its accounts, 90th of 100, days', value: old_account},
  {about: 'people', fact: 'accounts that the platform knows, share',
    value: CASE WHEN accounts > 0 THEN round(1.0 * verified / accounts, 4) END},
  {about: 'people', fact: 'members that people found legitimate, count', value: legitimate},
  {about: 'people', fact: 'members that people found fraud, count', value: fraud}] AS facts
UNWIND range(0, size(facts) - 1) AS place
RETURN facts[place].about AS about, facts[place].fact AS fact, facts[place].value AS value,
  facts[place].log_odds AS log_odds
ORDER BY place
