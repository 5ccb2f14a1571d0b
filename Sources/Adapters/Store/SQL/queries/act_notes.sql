-- What was written with acts by hand, of those that have something.
-- $1: text[] – acts
-- Returns: act, note
SELECT act, note FROM act_note WHERE act = ANY ($1)
