-- What was migrated, and the checksums of what is at hand.
-- $1: text[] – the texts of the migrations at hand, in order of number
-- Returns: number, name, is_same; name is null for one that is not recorded, is_same for one
-- that is not at hand
SELECT number, recorded.name, recorded.sha256 = sha256(convert_to(hand.sql, 'UTF8')) AS is_same
FROM unnest($1::text[]) WITH ORDINALITY AS hand (sql, number)
FULL JOIN schema_migration AS recorded USING (number)
ORDER BY number
