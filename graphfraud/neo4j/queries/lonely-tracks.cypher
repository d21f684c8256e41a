// title: A listener's tracks that hardly anyone else plays
// ask: when a listener looks like a bot: people find obscure music, too, but not only one catalogue's, again and again
// read: many plays of tracks with few other listeners, from few accounts, cut just after they pay, are a bot's diet
// parameter listener_id string: id of the listener
// parameter most_listeners integer = 50: tracks that at most so many play
// parameter limit integer = 50: rows at most
MATCH (listener:Listener {listener_id: $listener_id})
MATCH (listener)-[play:STREAMED WHERE play.since <= $run < play.until]->(track:Track)
MATCH (track)<-[judged:JUDGED {run: $run} WHERE judged.listeners <= $most_listeners]-()
OPTIONAL MATCH (track)<-[upload:UPLOADED WHERE upload.since <= $run < upload.until]-(account:Account)
RETURN track.track_id AS track_id, track.title AS title, account.account_id AS account_id, play.plays AS plays,
  judged.listeners - 1 AS other_listeners, play.just_paid_share AS just_paid_share, play.first_on AS first_on,
  play.last_on AS last_on, judged.verdict AS verdict
ORDER BY plays DESC, track_id, account_id
LIMIT $limit
