-- Records a migration with its checksum.
-- $1: bigint – number
-- $2: text – name
-- $3: text – its SQL
-- Returns: nothing
INSERT INTO schema_migration (number, name, sha256)
VALUES ($1, $2, sha256(convert_to($3, 'UTF8')))
