-- From when on how little use of an allocation is under-use, in hundredths of a per cent.
ALTER TABLE programme
  -- Of what is expected.
  ADD COLUMN under_use_below_basis_points bigint NOT NULL DEFAULT 5000
    CHECK (under_use_below_basis_points BETWEEN 0 AND 10000),
  -- Of the window.
  ADD COLUMN under_use_after_basis_points bigint NOT NULL DEFAULT 3333
    CHECK (under_use_after_basis_points BETWEEN 0 AND 10000);
