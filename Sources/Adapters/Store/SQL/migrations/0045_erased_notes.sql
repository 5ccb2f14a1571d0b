-- A note of an act by hand may name somebody, whatever it was asked not to: it can be erased, by age and
-- with the person. It never changes, and of what is erased its entries stay.
DROP TRIGGER act_note_is_final ON act_note;
ALTER TABLE act_note ADD COLUMN written_at timestamptz NOT NULL DEFAULT polder_now();
UPDATE act_note SET written_at = (
  SELECT min(recorded_at) FROM ledger_entry WHERE id IN (act, act || ':out'))
WHERE EXISTS (SELECT FROM ledger_entry WHERE id IN (act, act || ':out'));
CREATE INDEX act_note_by_age ON act_note (written_at);
CREATE TRIGGER act_note_is_final BEFORE UPDATE OR TRUNCATE ON act_note
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Words between single spaces, so that one text is looked for in another word by word.
CREATE FUNCTION plain_words(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT ' ' || btrim(regexp_replace(lower($1), '[^[:alnum:]]+', ' ', 'g')) || ' '
$$;
