-- Behind how few switches a job's nodes are to be, and until when it waits for such nodes.
ALTER TABLE job ADD COLUMN most_switches bigint CHECK (most_switches >= 1),
  ADD COLUMN switches_until timestamptz,
  ADD CONSTRAINT switches_are_awaited CHECK ((most_switches IS NULL) = (switches_until IS NULL));
