-- The store's clock, from when on the books are open, and which description of the centre holds.
-- Returns: now, open_from, centre_version
SELECT polder_now() AS now, open_from, number AS centre_version FROM books, centre_version
