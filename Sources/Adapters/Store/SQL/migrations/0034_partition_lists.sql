-- A job can list several partitions: it starts in the one where it starts earliest.
ALTER TABLE job ADD COLUMN other_partitions text[] NOT NULL DEFAULT '{}';
-- The one in which it runs; null where its job names one.
ALTER TABLE run ADD COLUMN partition text;
