-- Links that debtors hold, and the keys that their tokens are made with.

CREATE TABLE link_key (
  id {id},                        -- 1 to 32767: it stands in the token
  org_id {int} NOT NULL,
  secret {blob} NOT NULL,         -- of HMAC-SHA-256
  made_at {int} NOT NULL,
  retired_at {int}                -- links made with it are worth nothing since then; NULL: they are
){rows};

-- What stands in a carrier has links without a row here: of the carrier's id, good for as long as a
-- link is. It gets one where that is not so, or where its links lead to places of others.
CREATE TABLE link (
  id {id},                        -- the carrier's, or one of its own
  org_id {int} NOT NULL,
  kind {int} NOT NULL,            -- the letter of its kind; 0: all that stand in the carrier
  debtor_id {int} NOT NULL,
  account_id {int} NOT NULL,      -- what it is about; 0: see the carrier
  invoice_id {int} NOT NULL,      -- 0: the whole account
  carrier_id {int} NOT NULL,      -- what it was sent with; 0: nothing of ours
  target {text} NOT NULL,         -- of a document: which; of a carrier: where its clicks go, a line each
  code {int},                     -- its short code; NULL: none
  made_at {int} NOT NULL,         -- real time
  expires_at {int} NOT NULL,      -- real time; the largest integer: never
  revoked_at {int}
){rows};
CREATE UNIQUE INDEX link_code ON link (code) WHERE code IS NOT NULL;
CREATE INDEX link_debtor ON link (debtor_id, id);

-- What is counted of a creditor's e-mails: pn_tracking; NULL is its first.
ALTER TABLE creditor ADD COLUMN tracking {int};
