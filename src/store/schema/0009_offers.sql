-- What debtors are offered by their cases, and what they agreed to.

CREATE TABLE offer (
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  run_id {int} NOT NULL,
  visit {int} NOT NULL,
  account_id {int} NOT NULL,
  invoice_id {int} NOT NULL,      -- 0: about all that the account's run works
  kind {int} NOT NULL,            -- pn_offer_kind
  state {int} NOT NULL,           -- pn_offer_state
  version_id {int} NOT NULL,      -- the strategy's version whose node says what is offered
  node {int} NOT NULL,
  made_at {int} NOT NULL,
  until {int} NOT NULL,           -- it can be accepted before
  settled_at {int},
  choice {int} NOT NULL,          -- of a plan that was accepted: how many installments
  total_minor {int} NOT NULL,     -- what accepting it settled
  discount_minor {int} NOT NULL,  -- of it, let off once the rest is paid
  plan_id {int} NOT NULL,         -- what accepting it made, else 0
  terms {text} NOT NULL,          -- what was agreed to, as it was shown
  hash {blob},                    -- SHA-256 of the terms; NULL: not accepted
  accepted_by {text} NOT NULL,
  accepted_from {text} NOT NULL,
  PRIMARY KEY (debtor_id, id)
){by_debtor};
CREATE UNIQUE INDEX offer_visit ON offer (debtor_id, run_id, visit);
CREATE INDEX offer_id ON offer (id);
