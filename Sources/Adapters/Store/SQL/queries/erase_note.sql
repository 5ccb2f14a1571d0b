-- Erases the note of one act by hand; its entries stay.
-- $1: text – the act
-- Returns: nothing
DELETE FROM act_note WHERE act = $1
