-- Capacity is counted in what charges are: a node of MIG slices delivers what its slices weigh, and not
-- as many GPU-equivalents as it has slices. What was recorded before counts as it did then, so that
-- no report of the past changes.
ALTER TABLE node_change
  -- What the node's GPUs weighed together by the rate card that was in force; null if each weighed one.
  ADD COLUMN weight_thousandths bigint CHECK (weight_thousandths >= 0);
