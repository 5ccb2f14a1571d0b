-- Adds what a funder paid.
-- $1: text – funder
-- $2: bigint – position
-- $3: date – counts_from
-- $4: bigint – amount_euros
-- Returns: nothing
INSERT INTO funder_contribution (funder, position, counts_from, amount_euros)
VALUES ($1, $2, $3, $4)
