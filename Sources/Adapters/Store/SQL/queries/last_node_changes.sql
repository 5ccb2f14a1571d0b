-- The last recorded change of each of some nodes.
-- $1: text[] – nodes
-- Returns: node, up, gpus
SELECT wanted.node, up, gpus
FROM unnest($1::text[]) AS wanted (node)
CROSS JOIN LATERAL (
  SELECT up, gpus FROM node_change WHERE node_change.node = wanted.node ORDER BY seq DESC LIMIT 1
) AS last
