-- What was written with an act by hand.
-- $1: text – act
-- $2: text – note
-- Returns: nothing
INSERT INTO act_note (act, note) VALUES ($1, $2)
