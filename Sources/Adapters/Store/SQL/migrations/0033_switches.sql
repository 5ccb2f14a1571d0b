-- The switches above a node, from the top of the network down to the one that it is plugged into.

ALTER TABLE node ADD COLUMN switches text[] NOT NULL DEFAULT '{}';
