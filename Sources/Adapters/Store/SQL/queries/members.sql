-- Members who have not been erased.
-- Returns: id, account, name
SELECT id, account, name FROM member JOIN person ON person.member = member.id
WHERE retired_at IS NULL
