-- Strategies and templates that are being written and are not published yet.

CREATE TABLE draft (
  id {id},
  org_id {int} NOT NULL,
  kind {int} NOT NULL,            -- pn_draft_kind
  name {text} NOT NULL,           -- of the strategy or family that it changes; empty: of none yet
  title {text} NOT NULL,          -- what its document calls itself
  document {text} NOT NULL,       -- JSON, as it was written; it need not be right
  base {int} NOT NULL,            -- the published version that it began from; 0: none
  version {int} NOT NULL,         -- one more with every change
  created_by {text} NOT NULL,
  created_at {int} NOT NULL,      -- real time, all of them
  changed_by {text} NOT NULL,
  changed_at {int} NOT NULL,
  ended_at {int}                  -- published or thrown away; NULL: it is being written
){rows};
CREATE UNIQUE INDEX draft_open ON draft (org_id, kind, name)
  WHERE ended_at IS NULL AND name <> '';
CREATE INDEX draft_org ON draft (org_id, kind, id);
