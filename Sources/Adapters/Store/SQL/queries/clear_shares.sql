-- Makes room for a funder's described shares.
-- $1: text – funder
-- Returns: nothing
DELETE FROM funder_share WHERE funder = $1
