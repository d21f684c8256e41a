// title: What an account's listeners have in common
// ask: whether an audience is people or a room: people share little
// read: devices, addresses and plans that several of its listeners share, the most shared first; sharers is how many
//   strangers share it at all: a carrier's address has far more of them than this audience
// parameter account_id string: id of the account
// parameter listeners integer = 2000: its listeners that are looked at, those who play it most
// parameter most_listeners integer = 100000: leave out tracks that more than so many play
// parameter least_shared integer = 2: what at least so many of them share
// parameter limit integer = 50: rows at most
MATCH (account:Account {account_id: $account_id})
MATCH (account)-[upload:UPLOADED WHERE upload.since <= $run < upload.until]->(track:Track)
MATCH (track)<-[judged:JUDGED {run: $run} WHERE judged.listeners <= $most_listeners]-()
MATCH (track)<-[play:STREAMED WHERE play.since <= $run < play.until]-(listener:Listener)
WITH listener, sum(play.plays) AS plays
ORDER BY plays DESC, listener.listener_id
LIMIT $listeners
WITH collect({listener: listener, plays: plays}) AS audience
UNWIND audience AS each
WITH size(audience) AS asked, each.listener AS listener, each.plays AS plays
MATCH (listener)-[use:USED WHERE use.since <= $run < use.until]->(means:Means)
MATCH (listener)<-[judged:JUDGED {run: $run}]-()
WITH asked, means, count(listener) AS users, sum(plays) AS plays, avg(judged.risk) AS risk,
  toInteger(round(1.0 / max(use.weight))) AS sharers
WHERE users >= $least_shared
RETURN split(means.means_id, ':')[0] AS kind, means.means_id AS means_id, users,
  round(1.0 * users / asked, 4) AS share_of_audience, plays, sharers, round(risk, 4) AS mean_risk
ORDER BY users DESC, means_id
LIMIT $limit
