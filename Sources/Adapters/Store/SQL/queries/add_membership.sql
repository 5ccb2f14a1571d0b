-- Makes a member belong to a project.
-- $1: text – project
-- $2: text – member
-- $3: text – role
-- Returns: nothing
INSERT INTO membership (project, member, role) VALUES ($1, $2, $3)
