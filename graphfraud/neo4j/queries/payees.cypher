// title: Payees by the artificial income they are paid
// ask: to follow the money: who is paid most for plays that nobody made
// read: one row a payee; amounts are in the currency of the run; artificial_share near 1 is a business
//   built on it; what an account with two payees earns counts at either
// parameter limit integer = 50: rows at most
MATCH (:Run)-[pays:PAYS]->(payee:Payee)
USING INDEX SEEK pays:PAYS(run, artificial_amount)
WHERE pays.run = $run AND pays.artificial_amount > 0
WITH pays, payee
ORDER BY pays.artificial_amount DESC, payee.means_id
LIMIT $limit
RETURN payee.means_id AS payee, pays.accounts AS accounts, pays.tracks AS tracks,
  round(pays.artificial_amount, 2) AS artificial_amount, round(pays.income_amount, 2) AS income_amount,
  CASE WHEN pays.income_amount > 0 THEN round(pays.artificial_amount / pays.income_amount, 4) END AS artificial_share
ORDER BY pays.artificial_amount DESC, payee
