// title: Who plays a track most
// ask: when a track's plays look made: who makes them, and are those in a ring
// read: one row a listener, the busiest first; just_paid_share near 1 is playing for the money
// parameter track_id string: id of the track
// parameter limit integer = 50: rows at most
MATCH (:Track {track_id: $track_id})<-[play:STREAMED WHERE play.since <= $run < play.until]-(listener:Listener)
WITH play, listener
ORDER BY play.plays DESC, listener.listener_id
LIMIT $limit
MATCH (listener)<-[judged:JUDGED {run: $run}]-()
RETURN listener.listener_id AS listener_id, play.plays AS plays, play.just_paid_share AS just_paid_share,
  play.first_on AS first_on, play.last_on AS last_on, listener.created_at AS created_at, listener.country AS country,
  judged.risk AS risk, judged.verdict AS verdict, judged.ring_id AS ring_id
ORDER BY plays DESC, listener_id
