-- Binds a member to account and name.
-- $1: text – member
-- $2: text – account
-- $3: text – name
-- Returns: nothing
INSERT INTO person (member, account, name) VALUES ($1, $2, $3)
ON CONFLICT (member) DO UPDATE SET account = excluded.account, name = excluded.name
