// title: Where a ring's money goes
// ask: to find who gains: from the ring's tracks over the accounts that brought them to the payees that are paid
// read: one row for each account and payee; amounts are in the currency of the run, artificial_amount is the part of
//   income_amount that no honest person's plays earned; payee_accounts is how many accounts the payee is paid for;
//   an account that is paid out to two payees stands at either with all it earns
// parameter ring_id string: id of the ring
// parameter limit integer = 50: rows at most
MATCH (ring:Ring {ring_id: $ring_id, run: $run})-[:HAS_MEMBER {run: $run, role: 'beneficiary'}]->(track:Track)
MATCH (track)<-[judged:JUDGED {run: $run}]-()
MATCH (track)<-[upload:UPLOADED WHERE upload.since <= $run < upload.until]-(account:Account)
WITH ring, account, count(track) AS tracks, sum(judged.withheld_streams) AS withheld_streams,
  sum(judged.income_amount) AS income, sum(judged.artificial_amount) AS artificial
OPTIONAL MATCH (account)<-[member:HAS_MEMBER {run: $run}]-(ring)
OPTIONAL MATCH (account)-[payout:PAID_OUT_TO WHERE payout.since <= $run < payout.until]->(payee:Payee)
RETURN payee.means_id AS payee, account.account_id AS account_id, member.role AS role, tracks,
  round(income, 2) AS income_amount, round(artificial, 2) AS artificial_amount, withheld_streams,
  toInteger(round(1.0 / payout.weight)) AS payee_accounts
ORDER BY artificial_amount DESC, payee, account_id
LIMIT $limit
