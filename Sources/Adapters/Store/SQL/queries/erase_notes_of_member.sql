-- Erases the notes of corrections of a member's runs, and those in which the member's id, account or name
-- stands as words of its own. Before the account and the name go.
-- $1: text – member
-- Returns: nothing
DELETE FROM act_note
WHERE EXISTS (
    SELECT FROM ledger_entry AS entry JOIN job ON job.number = entry.job
    WHERE entry.id = act_note.act AND job.member = $1)
  OR EXISTS (
    SELECT FROM (
      SELECT $1::text
      UNION ALL SELECT account FROM person WHERE member = $1
      UNION ALL SELECT name FROM person WHERE member = $1) AS known (words)
    WHERE words ~ '[[:alnum:]]' AND strpos(plain_words(note), plain_words(words)) > 0)
