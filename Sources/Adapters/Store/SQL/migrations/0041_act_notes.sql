-- What an administrator wrote with an act by hand, for those who may see its entries: it stood in the
-- audit log alone. What was written before this was written for nobody else, and stays there.
CREATE TABLE act_note (
  -- The client-made id of the act: `transfer:by-hand-KEY`, of which both halves are entries.
  act text PRIMARY KEY,
  note text NOT NULL CHECK (note <> '')
);
CREATE TRIGGER act_note_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON act_note
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
