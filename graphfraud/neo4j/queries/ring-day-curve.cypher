// title: When a ring plays, hour by hour
// ask: when a ring's listeners never seem to sleep, or all wake at once
// read: 24 rows, hours of the day in UTC: ring_plays on the ring's tracks by its listeners, elsewhere_plays by the same
//   listeners on all else, outsider_plays on the same tracks by everybody else; people leave a valley at night
// parameter ring_id string: id of the ring
// parameter listeners integer = 300: the weightiest listeners of the ring that are looked at
// parameter tracks integer = 50: the weightiest tracks of the ring whose outsiders are looked at
MATCH (ring:Ring {ring_id: $ring_id, run: $run})
CALL (ring) {
  MATCH (ring)-[member:HAS_MEMBER {run: $run, role: 'bot'}]->(listener:Listener)
  WITH listener
  ORDER BY member.weight DESC, listener.listener_id
  LIMIT $listeners
  MATCH (listener)-[play:STREAMED WHERE play.since <= $run < play.until]->(track:Track)
  WITH play, EXISTS { (ring)-[:HAS_MEMBER {run: $run, role: 'beneficiary'}]->(track) } AS is_inside
  RETURN collect(CASE WHEN is_inside THEN play.hour_plays END) AS inside,
    collect(CASE WHEN NOT is_inside THEN play.hour_plays END) AS elsewhere
}
CALL (ring) {
  MATCH (ring)-[member:HAS_MEMBER {run: $run, role: 'beneficiary'}]->(track:Track)
  WITH track
  ORDER BY member.weight DESC, track.track_id
  LIMIT $tracks
  MATCH (track)<-[play:STREAMED WHERE play.since <= $run < play.until]-(outsider:Listener)
  WHERE NOT EXISTS { (outsider)<-[:HAS_MEMBER {run: $run}]-(ring) }
  RETURN collect(play.hour_plays) AS outside
}
UNWIND range(0, 23) AS hour
RETURN hour, reduce(sum = 0, plays IN inside | sum + plays[hour]) AS ring_plays,
  reduce(sum = 0, plays IN elsewhere | sum + plays[hour]) AS elsewhere_plays,
  reduce(sum = 0, plays IN outside | sum + plays[hour]) AS outsider_plays
ORDER BY hour
