// title: Tracks that are played by the same listeners
// ask: to find the rest of a catalogue that a farm plays, whoever brought it
// read: shared listeners against expected, what popularity alone would give; times is how often more; a hit is shared
//   by many and as expected, a farm's tracks are shared by all of it and expected by none; popularity is a share of
//   all listeners of the platform
// parameter track_id string: id of the track
// parameter listeners integer = 1000: its listeners that are looked at, those who play it most
// parameter least_shared integer = 2: tracks that at least so many of them play
// parameter limit integer = 50: rows at most
MATCH (track:Track {track_id: $track_id})<-[play:STREAMED WHERE play.since <= $run < play.until]-(listener:Listener)
WITH track, listener
ORDER BY play.plays DESC, listener.listener_id
LIMIT $listeners
WITH track, collect(listener) AS asked
MATCH (now:Run {number: $run})
WITH track, asked, now.listeners AS audience
UNWIND asked AS listener
MATCH (listener)-[also:STREAMED WHERE also.since <= $run < also.until]->(other:Track)
WHERE other <> track
WITH other, size(asked) AS asked, audience, count(listener) AS shared
WHERE shared >= $least_shared
MATCH (other)<-[judged:JUDGED {run: $run}]-()
WITH other, judged, shared, 1.0 * asked * judged.listeners / audience AS expected
ORDER BY shared * log(shared / expected) DESC, other.track_id
LIMIT $limit
OPTIONAL MATCH (other)<-[upload:UPLOADED WHERE upload.since <= $run < upload.until]-(account:Account)
RETURN other.track_id AS track_id, other.title AS title, account.account_id AS account_id, shared,
  judged.listeners AS listeners, round(expected, 2) AS expected, round(shared / expected, 1) AS times,
  judged.risk AS risk, judged.verdict AS verdict
ORDER BY shared * log(shared / expected) DESC, track_id, account_id
