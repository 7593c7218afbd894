-- What reports sum: figures by day and by what they are told apart by. Every transaction appends what it
-- changed, one row a key; a chore folds those rows into `rollup`. A figure is the sum of both.

CREATE TABLE rollup (
  org_id {int} NOT NULL,
  measure {int} NOT NULL,         -- pn_rollup_measure, which says what the columns below mean
  day {int} NOT NULL,
  creditor_id {int} NOT NULL,
  currency {text} NOT NULL,
  version_id {int} NOT NULL,
  node {int} NOT NULL,
  a {int} NOT NULL,
  b {int} NOT NULL,
  c {int} NOT NULL,
  word {text} NOT NULL,
  count {int} NOT NULL,
  amount_minor {int} NOT NULL,
  PRIMARY KEY (org_id, measure, day, creditor_id, currency, version_id, node, a, b, c, word)
){clustered};

CREATE TABLE rollup_delta (        -- the same, to be added
  id {serial},
  org_id {int} NOT NULL,
  measure {int} NOT NULL,
  day {int} NOT NULL,
  creditor_id {int} NOT NULL,
  currency {text} NOT NULL,
  version_id {int} NOT NULL,
  node {int} NOT NULL,
  a {int} NOT NULL,
  b {int} NOT NULL,
  c {int} NOT NULL,
  word {text} NOT NULL,
  count {int} NOT NULL,
  amount_minor {int} NOT NULL
){rows};

CREATE TABLE rollup_stale (        -- organizations whose figures have to be made anew from the facts
  org_id {int} NOT NULL,
  since {int} NOT NULL,           -- real time
  PRIMARY KEY (org_id)
){clustered};
INSERT INTO rollup_stale (org_id, since) SELECT id, created_at FROM organization;

CREATE TABLE credited (            -- what an applied payment is put down to, as it stood when it came
  debtor_id {int} NOT NULL,
  entry_id {int} NOT NULL,        -- the ledger's; of a reversal its own row, with the amount taken back
  org_id {int} NOT NULL,
  invoice_id {int} NOT NULL,
  creditor_id {int} NOT NULL,
  currency {text} NOT NULL,
  day {int} NOT NULL,             -- on which the money was received, or taken back
  amount_minor {int} NOT NULL,
  carrier_id {int} NOT NULL,      -- the last one that had left to the debtor before, else 0
  template_id {int} NOT NULL,     -- of that
  channel {int} NOT NULL,         -- of that; -1: none
  version_id {int} NOT NULL,      -- the step that wrote it, else where the case stood; 0: no case
  node {int} NOT NULL,
  phase {text} NOT NULL,          -- in which the case was
  by_hand {int} NOT NULL,         -- 1: a person of ours had done something about it before
  PRIMARY KEY (debtor_id, entry_id)
){by_debtor};
CREATE INDEX credited_day ON credited (org_id, day);

-- The step that wrote what a carrier says; NULL: an older program's.
ALTER TABLE carrier ADD COLUMN version_id {int};
ALTER TABLE carrier ADD COLUMN node {int};

-- What is told straight from the facts, found by when it happened.
CREATE INDEX promise_judged ON promise (org_id, judged_at) WHERE judged_at IS NOT NULL;
CREATE INDEX task_settled ON task (org_id, settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX split_arm_key ON split_arm (org_id, strategy_id, split_key, at);
