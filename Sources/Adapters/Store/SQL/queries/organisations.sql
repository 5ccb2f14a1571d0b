-- Organisations.
-- $1: bool – also what has left the description
-- Returns: id, name, type, country, sector
SELECT id, name, type, country, sector FROM organisation WHERE $1 OR retired_at IS NULL
