// title: Recordings of an account that others brought, too
// ask: when an account's catalogue sounds familiar: from whom, and who was first
// read: one row for each pair of recordings; the later upload is the copy, if either is
// parameter account_id string: id of the account
// parameter least_cosine number = 0.9: recordings at least so alike (-1 to 1)
// parameter limit integer = 50: rows at most
MATCH (account:Account {account_id: $account_id})
MATCH (account)-[upload:UPLOADED WHERE upload.since <= $run < upload.until]->(track:Track)
MATCH (track)-[likeness:SOUNDS_LIKE WHERE likeness.since <= $run < likeness.until]-(twin:Track)
WHERE likeness.cosine >= $least_cosine
MATCH (twin)<-[upload_too:UPLOADED WHERE upload_too.since <= $run < upload_too.until]-(other:Account)
WHERE other <> account
MATCH (other)<-[judged:JUDGED {run: $run}]-()
RETURN track.track_id AS track_id, track.title AS title, track.uploaded_at AS uploaded_at, twin.track_id AS twin_id,
  twin.title AS twin_title, twin.uploaded_at AS twin_uploaded_at, other.account_id AS other_account_id,
  judged.verdict AS other_verdict, likeness.cosine AS cosine
ORDER BY cosine DESC, track_id, twin_id
LIMIT $limit
