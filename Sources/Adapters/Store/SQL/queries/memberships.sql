-- Who belongs to which project.
-- Returns: project, member, role
SELECT project, member, role FROM membership
