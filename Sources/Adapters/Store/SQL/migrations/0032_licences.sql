-- What the centre lends to runs: Licence in the core. How many are lent stands nowhere but in the
-- runs under way; whoever starts one counts them under the lock of limits.
CREATE TABLE licence (
  id text PRIMARY KEY,
  count bigint NOT NULL CHECK (count >= 0)
);

ALTER TABLE job
  -- By name, with the number of each in the same place.
  ADD COLUMN licences text[] NOT NULL DEFAULT '{}',
  ADD COLUMN licence_counts bigint[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT a_count_for_each_licence
    CHECK (cardinality(licences) = cardinality(licence_counts) AND 0 < ALL (licence_counts));
