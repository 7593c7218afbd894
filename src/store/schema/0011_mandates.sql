-- What debtors left with a provider so that it may be charged: stored cards, direct debits.

CREATE TABLE mandate (
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,     -- who may charge it; 0: every creditor
  provider {text} NOT NULL,
  token {text} NOT NULL,          -- what the provider calls it: "cus_…/pm_…"; never a card's number
  label {text} NOT NULL,          -- what people read: "Visa ···4242"
  state {int} NOT NULL,           -- 0 in force, 1 ended
  reason {text} NOT NULL,         -- why it ended, a word
  made_at {int} NOT NULL,
  ended_at {int},
  PRIMARY KEY (debtor_id, id)
){by_debtor};
CREATE INDEX mandate_id ON mandate (id);
