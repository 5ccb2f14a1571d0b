-- The last recorded change of each of some nodes.
-- $1: text[] – nodes
-- Returns: node, at, up, gpus, weight_thousandths (null if each GPU weighs one)
SELECT wanted.node, at, up, gpus, weight_thousandths
FROM unnest($1::text[]) AS wanted (node)
CROSS JOIN LATERAL (
  SELECT at, up, gpus, weight_thousandths FROM node_change
  WHERE node_change.node = wanted.node ORDER BY seq DESC LIMIT 1
) AS last
