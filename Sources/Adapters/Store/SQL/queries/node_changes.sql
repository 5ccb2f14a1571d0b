-- Every change of a node's state up to an instant.
-- $1: timestamptz – the instant
-- Returns: node, at, up, gpus, weight_thousandths (null if each GPU weighs one), in order of time
SELECT node, at, up, gpus, weight_thousandths FROM node_change
WHERE at <= $1 ORDER BY at, node, seq
