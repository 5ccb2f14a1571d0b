-- Makes room for a project's described memberships.
-- $1: text – project
-- Returns: nothing
DELETE FROM membership WHERE project = $1
