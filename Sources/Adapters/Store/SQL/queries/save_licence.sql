-- Describes a licence.
-- $1: text – id
-- $2: bigint – count
-- Returns: nothing
INSERT INTO licence (id, count) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET count = excluded.count
