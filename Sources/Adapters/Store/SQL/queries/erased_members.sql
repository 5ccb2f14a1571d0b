-- Members whose account and name were erased.
-- Returns: id
SELECT id FROM member WHERE NOT EXISTS (SELECT FROM person WHERE person.member = member.id)
