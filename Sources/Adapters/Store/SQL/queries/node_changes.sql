-- Every change of a node's state up to an instant.
-- $1: timestamptz – the instant
-- Returns: node, at, up, gpus, in order of time
SELECT node, at, up, gpus FROM node_change WHERE at <= $1 ORDER BY at, node, seq
