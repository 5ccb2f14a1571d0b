-- What requests say of their nodes: features, nodes to keep away from, nodes that must be among them.

ALTER TABLE node ADD COLUMN features text[] NOT NULL DEFAULT '{}';

ALTER TABLE job
  -- As it was written, `ib&nvme`; null if any node will do.
  ADD COLUMN features text,
  -- Ascending.
  ADD COLUMN excluded_nodes text[] NOT NULL DEFAULT '{}',
  ADD COLUMN required_nodes text[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT required_nodes_are_its_own CHECK (cardinality(required_nodes) <= node_count),
  ADD CONSTRAINT required_or_excluded CHECK (NOT required_nodes && excluded_nodes);
