-- The books are open from here on.
-- $1: timestamptz – the end of the last closed period
-- Returns: nothing
UPDATE books SET open_from = $1
