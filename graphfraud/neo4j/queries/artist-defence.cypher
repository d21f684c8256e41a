// title: What speaks for an account
// ask: before anything is taken from an artist: a farm may play a stranger's songs to hide, or to harm
// read: everything that a defender would say, and its absence; a bystander is played by a ring and not accused;
//   evidence of its rings is shown where it defends, with negative log-odds
// parameter account_id string: id of the account
// parameter plays integer = 20000: the busiest pairs of listener and track whose listeners are looked at
// parameter least_risk number = 0.5: listeners of less risk than this are an honest audience
MATCH (now:Run {number: $run})-[judged:JUDGED {run: $run}]->(account:Account {account_id: $account_id})
CALL (account, now) {
  OPTIONAL MATCH (account)-[upload:UPLOADED WHERE upload.since <= $run < upload.until]->(track:Track)
  OPTIONAL MATCH (track)<-[heard:JUDGED {run: $run}]-()
  RETURN count(track) AS tracks, sum(heard.streams) AS streams, sum(heard.artificial_streams) AS artificial,
    percentileDisc(duration.inDays(track.uploaded_at, now.as_of).days, 0.5) AS track_age,
    count(CASE WHEN track.contains_ai IN ['All', 'Partly'] THEN 1 END) AS declared_ai,
    count(CASE heard.label WHEN 'legitimate' THEN 1 END) AS legitimate_tracks
}
CALL (account) {
  MATCH (account)-[upload:UPLOADED WHERE upload.since <= $run < upload.until]->(track:Track)
  MATCH (track)<-[play:STREAMED WHERE play.since <= $run < play.until]-(listener:Listener)
  WITH play.plays AS plays, listener
  ORDER BY plays DESC, listener.listener_id, track.track_id
  LIMIT $plays
  MATCH (listener)<-[heard_by:JUDGED {run: $run}]-()
  RETURN sum(plays) AS plays, sum(CASE WHEN heard_by.risk < $least_risk THEN plays ELSE 0 END) AS honest_plays,
    count(DISTINCT CASE WHEN heard_by.risk < $least_risk THEN listener END) AS honest_listeners
}
CALL (account) {
  MATCH (account)<-[member:HAS_MEMBER {run: $run}]-(ring:Ring {run: $run})
  WITH member, ring
  ORDER BY ring.ring_id
  RETURN collect({about: 'ring ' + ring.ring_id, fact: 'its role', value: member.role}) AS roles,
    collect([ix IN range(0, size(ring.measures) - 1) WHERE ring.log_odds[ix] < 0 | {about: 'ring ' + ring.ring_id,
      fact: ring.sentences[ix], value: ring.values[ix], log_odds: ring.log_odds[ix]}]) AS defences
}
WITH [
  {about: 'people', fact: 'decided', value: judged.label},
  {about: 'people', fact: 'by', value: judged.label_source},
  {about: 'people', fact: 'the platform knows who this is', value: account.verified},
  {about: 'people', fact: 'its tracks that people found legitimate, count', value: legitimate_tracks},
  {about: 'age', fact: 'of the account, days', value: duration.inDays(account.created_at, now.as_of).days},
  {about: 'age', fact: 'of its tracks, the middle one, days', value: track_age},
  {about: 'audience', fact: 'plays by listeners of little risk, share',
    value: CASE WHEN plays > 0 THEN round(1.0 * honest_plays / plays, 4) END},
  {about: 'audience', fact: 'such listeners, count', value: honest_listeners},
  {about: 'audience', fact: 'streams that are expected to be honest, share',
    value: CASE WHEN streams > 0 THEN round(1.0 - artificial / streams, 4) END},
  {about: 'catalogue', fact: 'tracks, count', value: tracks},
  {about: 'catalogue', fact: 'tracks that declare their AI, count', value: declared_ai},
  {about: 'verdict', fact: 'today', value: judged.verdict},
  {about: 'verdict', fact: 'risk (0-1)', value: judged.risk}]
  + roles + reduce(every = [], some IN defences | every + some) AS facts
UNWIND range(0, size(facts) - 1) AS place
RETURN facts[place].about AS about, facts[place].fact AS fact, facts[place].value AS value,
  facts[place].log_odds AS log_odds
ORDER BY place
