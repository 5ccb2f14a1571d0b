-- What was written with acts by hand, of those that have something, and the allocations that each is about.
-- $1: text[] – acts
-- Returns: act, note, allocations
SELECT act, note, ARRAY(
    SELECT DISTINCT allocation FROM ledger_act
    WHERE id IN (act, act || ':out', act || ':in') ORDER BY allocation) AS allocations
FROM act_note WHERE act = ANY ($1)
