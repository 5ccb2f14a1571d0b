-- Records that a node went up or down.
-- $1: text – node
-- $2: timestamptz – at
-- $3: bool – up
-- $4: bigint – gpus
-- Returns: nothing
INSERT INTO node_change (node, at, up, gpus) VALUES ($1, $2, $3, $4)
