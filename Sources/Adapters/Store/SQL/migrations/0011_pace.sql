-- How an access mode expects its allocations to be used over their windows.
ALTER TABLE programme
  -- Part of the time and part of the amount in turn, in hundredths of a per cent; empty for a
  -- straight line.
  ADD COLUMN pace_basis_points bigint[] NOT NULL DEFAULT '{}';
