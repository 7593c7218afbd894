-- Simulations and forecasts: what was asked, and what came of it. How far each is, its job says.

CREATE TABLE study (
  id {id},
  org_id {int} NOT NULL,
  kind {int} NOT NULL,            -- pn_study_kind
  job_id {int} NOT NULL,
  name {text} NOT NULL,           -- given by people
  strategy {text} NOT NULL,       -- of a simulation; empty: a forecast
  document {text} NOT NULL,       -- JSON of what is not published; empty: what has that name
  against {text} NOT NULL,        -- another strategy beside it; empty: none
  against_document {text} NOT NULL,
  request {text} NOT NULL,        -- JSON: span, sample, prices
  summary {text} NOT NULL,        -- JSON: a few figures for lists; empty: there are none yet
  result {text} NOT NULL,         -- JSON; empty: there is none yet
  actor {text} NOT NULL,
  created_at {int} NOT NULL       -- real time
){rows};
CREATE INDEX study_org ON study (org_id, kind, id);
CREATE INDEX study_job ON study (org_id, job_id);

CREATE TABLE study_message (      -- what a simulated strategy would have sent, the first of it
  study_id {int} NOT NULL,
  side {int} NOT NULL,            -- 0: the strategy; 1: the one against it
  number {int} NOT NULL,          -- from 1
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  invoice_id {int} NOT NULL,      -- 0: the account as a whole
  at {int} NOT NULL,              -- the clock of the past
  channel {int} NOT NULL,         -- pn_channel_kind
  family {text} NOT NULL,
  tone {int} NOT NULL,
  amount {int} NOT NULL,          -- asked for, minor units
  currency {text} NOT NULL,
  crossed {int} NOT NULL,         -- 1: it had been paid, and nobody knew
  PRIMARY KEY (study_id, side, number)
){rows};
CREATE INDEX study_message_debtor ON study_message (debtor_id);
