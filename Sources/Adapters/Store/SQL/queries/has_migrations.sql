-- Whether anything was ever migrated here.
-- Returns: has_migrations
SELECT to_regclass('schema_migration') IS NOT NULL AS has_migrations
