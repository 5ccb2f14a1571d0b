-- What funders paid.
-- Returns: funder, counts_from, amount_euros, in order
SELECT funder, counts_from, amount_euros FROM funder_contribution ORDER BY funder, position
