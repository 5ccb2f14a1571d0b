-- Nodes that runs occupy.
-- Returns: node
SELECT DISTINCT unnest(nodes) AS node FROM run WHERE state IN ('starting', 'running')
