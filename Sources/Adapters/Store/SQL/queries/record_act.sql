-- Records who changed what by hand.
-- $1: text – actor, an opaque subject
-- $2: text – action
-- $3: text – object
-- Returns: nothing
INSERT INTO admin_act (actor, action, object) VALUES ($1, $2, $3)
