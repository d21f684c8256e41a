// title: Shortest suspicious way between two accounts
// ask: whether two accounts that should be strangers are tied, and by what; write it with --html FILE to see it
// read: the shortest ways through rare things: what few share, tracks that few play, like recordings; rarity is the
//   product of 1 / sharers and 1 / listeners along the way: nearer to 1 is closer; no way means no tie of up to six
//   steps, not innocence
// parameter account_id string: id of one account
// parameter other_account_id string: id of the other
// parameter most_sharers integer = 20: leave out what more strangers than this share
// parameter most_listeners integer = 50: leave out tracks that more than so many play
// parameter limit integer = 5: ways at most
MATCH path = ALL SHORTEST
  (:Account {account_id: $account_id})
  ((one)-[tie:USED|PAID_OUT_TO|UPLOADED|STREAMED|SOUNDS_LIKE
      WHERE tie.since <= $run < tie.until AND (tie.weight IS NULL OR 1.0 / tie.weight <= $most_sharers + 0.5)]-
    (other WHERE NOT other:Track
      OR EXISTS { (other)<-[judged:JUDGED {run: $run} WHERE judged.listeners <= $most_listeners]-() })
  ){1,6}
  (:Account {account_id: $other_account_id})
WITH path, [node IN nodes(path) |
  coalesce(node.account_id, node.track_id, node.listener_id, node.means_id)] AS way
CALL (path) {
  UNWIND relationships(path) AS step
  WITH step, endNode(step) AS end
  OPTIONAL MATCH (end)<-[judged:JUDGED {run: $run}]-()
  RETURN collect(CASE type(step) WHEN 'STREAMED' THEN 1.0 / judged.listeners ELSE coalesce(step.weight, 1.0) END)
    AS factors
}
WITH path, way, reduce(product = 1.0, factor IN factors | product * factor) AS rarity
ORDER BY rarity DESC, way
LIMIT $limit
RETURN path, rarity,
  [node IN nodes(path) | head([(node)<-[judged:JUDGED WHERE judged.run = $run]-() | judged])] AS judged
ORDER BY rarity DESC, way
