-- The centre's licences.
-- Returns: id, count
SELECT id, count FROM licence
