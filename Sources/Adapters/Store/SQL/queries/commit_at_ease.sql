-- Has this transaction's COMMIT not wait for the disk: for what may be lost with the server.
-- Returns: one row
SELECT set_config('synchronous_commit', 'off', true)
