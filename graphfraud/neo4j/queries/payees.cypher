// title: Payees by the artificial income they are paid
// ask: to follow the money: who is paid most for plays that nobody made
// read: one row a payee; amounts are in the currency of the run; artificial_share near 1 is a business
//   built on it; what an account with two payees earns counts at either
// parameter tracks integer = 100000: the tracks with most artificial income that are looked at
// parameter limit integer = 50: rows at most
MATCH ()-[judged:JUDGED]->(track:Track)
USING INDEX SEEK judged:JUDGED(run, artificial_amount)
WHERE judged.run = $run AND judged.artificial_amount > 0
WITH judged, track
ORDER BY judged.artificial_amount DESC, track.track_id
LIMIT $tracks
MATCH (track)<-[upload:UPLOADED WHERE upload.since <= $run < upload.until]-(account:Account)
MATCH (account)-[payout:PAID_OUT_TO WHERE payout.since <= $run < payout.until]->(payee:Payee)
WITH payee, count(DISTINCT account) AS accounts, count(DISTINCT track) AS tracks,
  sum(judged.income_amount) AS income, sum(judged.artificial_amount) AS artificial,
  toInteger(round(1.0 / max(payout.weight))) AS all_accounts
RETURN payee.means_id AS payee, accounts, all_accounts, tracks, round(artificial, 2) AS artificial_amount,
  round(income, 2) AS income_amount, CASE WHEN income > 0 THEN round(artificial / income, 4) END AS artificial_share
ORDER BY artificial_amount DESC, payee
LIMIT $limit
