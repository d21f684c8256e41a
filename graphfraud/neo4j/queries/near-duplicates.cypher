// title: Accounts that bring each other's recordings
// ask: to find mass uploads under many names: the same sound again and again, from accounts that should not know it
// read: one row for two accounts; pairs counts recordings alike; one payee for both says whose they are, a legitimate
//   label that moved its catalogue says why
// parameter least_cosine number = 0.95: recordings at least so alike (-1 to 1)
// parameter pairs integer = 20000: the likest pairs of recordings that are looked at
// parameter limit integer = 50: rows at most
MATCH (one:Track)-[likeness:SOUNDS_LIKE]->(other:Track)
USING INDEX SEEK likeness:SOUNDS_LIKE(cosine)
WHERE likeness.cosine >= $least_cosine AND likeness.since <= $run < likeness.until
WITH one, other, likeness.cosine AS cosine
ORDER BY cosine DESC, one.track_id, other.track_id
LIMIT $pairs
MATCH (one)<-[upload:UPLOADED WHERE upload.since <= $run < upload.until]-(first:Account)
MATCH (other)<-[upload_too:UPLOADED WHERE upload_too.since <= $run < upload_too.until]-(second:Account)
WHERE first <> second
WITH cosine, CASE WHEN first.account_id < second.account_id THEN [first, second] ELSE [second, first] END AS accounts
WITH accounts[0] AS first, accounts[1] AS second, count(*) AS pairs, max(cosine) AS likest
ORDER BY pairs DESC, first.account_id, second.account_id
LIMIT $limit
MATCH (first)<-[judged:JUDGED {run: $run}]-()
MATCH (second)<-[judged_too:JUDGED {run: $run}]-()
RETURN first.account_id AS account_id, judged.verdict AS verdict, second.account_id AS other_account_id,
  judged_too.verdict AS other_verdict, pairs, likest, EXISTS {
    (first)-[payout:PAID_OUT_TO WHERE payout.since <= $run < payout.until]->(:Payee)
      <-[payout_too:PAID_OUT_TO WHERE payout_too.since <= $run < payout_too.until]-(second)
  } AS same_payee
ORDER BY pairs DESC, account_id, other_account_id
