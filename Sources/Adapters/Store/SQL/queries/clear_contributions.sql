-- Makes room for a funder's described contributions.
-- $1: text – funder
-- Returns: nothing
DELETE FROM funder_contribution WHERE funder = $1
