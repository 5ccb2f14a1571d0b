-- How many entries of kind grant and withdrawal each allocation has.
-- Returns: allocation, entries
SELECT allocation, count(*) AS entries FROM ledger_act
WHERE kind IN ('grant', 'withdrawal') GROUP BY allocation
