// title: Why a track is in a ring
// ask: before a track's payment waits: what ties it to this ring, and what does not
// read: plays by the ring against those by everybody else, ties of the account that brought it to others of the ring,
//   near-duplicates within the ring, then the ring's own evidence; negative log-odds speak for the defence
// parameter ring_id string: id of the ring
// parameter track_id string: id of the track
// parameter most_sharers integer = 50: means that more strangers than this share are no tie
MATCH (ring:Ring {ring_id: $ring_id, run: $run})-[member:HAS_MEMBER {run: $run}]->(track:Track {track_id: $track_id})
MATCH (track)<-[judged:JUDGED {run: $run}]-()
CALL (ring, track) {
  MATCH (ring)-[player:HAS_MEMBER {run: $run}]->(listener:Listener)
  MATCH (listener)-[play:STREAMED WHERE play.since <= $run < play.until]->(track)
  RETURN count(CASE player.role WHEN 'bot' THEN 1 END) AS bots,
    sum(CASE player.role WHEN 'bot' THEN play.plays ELSE 0 END) AS bot_plays,
    count(CASE player.role WHEN 'victim' THEN 1 END) AS victims,
    sum(CASE player.role WHEN 'victim' THEN play.plays ELSE 0 END) AS victim_plays
}
CALL (ring, track) {
  OPTIONAL MATCH (track)<-[upload:UPLOADED WHERE upload.since <= $run < upload.until]-(account:Account)
  OPTIONAL MATCH (account)<-[place:HAS_MEMBER {run: $run}]-(ring)
  OPTIONAL MATCH (account)-[own:USED|PAID_OUT_TO WHERE own.since <= $run < own.until]->(means:Means)
    <-[theirs:USED|PAID_OUT_TO WHERE theirs.since <= $run < theirs.until]-(other:Account|Listener)
    <-[:HAS_MEMBER {run: $run}]-(ring)
  WHERE other <> account AND 1.0 / own.weight <= $most_sharers + 0.5
  RETURN min(account.account_id) AS account_id, min(place.role) AS account_role,
    count(DISTINCT CASE WHEN other:Account THEN other END) AS tied_accounts,
    count(DISTINCT CASE WHEN other:Listener THEN other END) AS tied_listeners,
    count(DISTINCT CASE WHEN other IS NOT NULL THEN means END) AS ties
}
CALL (ring, track) {
  MATCH (track)-[likeness:SOUNDS_LIKE WHERE likeness.since <= $run < likeness.until]-(twin:Track)
  MATCH (twin)<-[:HAS_MEMBER {run: $run}]-(ring)
  RETURN count(DISTINCT twin) AS twins, max(likeness.cosine) AS cosine
}
WITH [
  {about: 'membership', fact: 'role', value: member.role},
  {about: 'membership', fact: 'weight (0-1)', value: member.weight},
  {about: 'plays', fact: 'bots of the ring that play it, count', value: bots},
  {about: 'plays', fact: 'plays by them, count', value: bot_plays},
  {about: 'plays', fact: 'victims in whose names it is played, count', value: victims},
  {about: 'plays', fact: 'plays in their names, count', value: victim_plays},
  {about: 'plays', fact: 'plays by everybody else, count', value: judged.streams - bot_plays - victim_plays},
  {about: 'plays', fact: 'listeners outside the ring, count', value: judged.listeners - bots - victims},
  {about: 'account', fact: 'brought by', value: account_id},
  {about: 'account', fact: 'its role in the ring', value: account_role},
  {about: 'account', fact: 'accounts of the ring that share means with it, count', value: tied_accounts},
  {about: 'account', fact: 'listeners of the ring that share means with it, count', value: tied_listeners},
  {about: 'account', fact: 'means that they share, count', value: ties},
  {about: 'sound', fact: 'near-duplicates within the ring, count', value: twins},
  {about: 'sound', fact: 'the likest of them, cosine', value: cosine}]
  + [ix IN range(0, size(ring.measures) - 1) | {about: 'evidence of the ring', fact: ring.sentences[ix],
    value: ring.values[ix], log_odds: ring.log_odds[ix]}] AS facts
UNWIND range(0, size(facts) - 1) AS place
RETURN facts[place].about AS about, facts[place].fact AS fact, facts[place].value AS value,
  facts[place].log_odds AS log_odds
ORDER BY place
