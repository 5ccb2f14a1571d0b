-- Whose jobs are, and which licences each task of them needs.
-- $1: bigint[] – numbers
-- Returns: number, member, project, licences, licence_counts
SELECT number, member, project, licences, licence_counts FROM job WHERE number = ANY ($1)
