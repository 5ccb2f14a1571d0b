-- Describes an organisation.
-- $1: text – id
-- $2: text – name
-- $3: text – type
-- $4: text – country
-- $5: text – sector
-- Returns: nothing
INSERT INTO organisation (id, name, type, country, sector)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET
  name = excluded.name, type = excluded.type, country = excluded.country,
  sector = excluded.sector, retired_at = NULL
