-- Paying through providers, and what debtors do on their page.

CREATE TABLE payment_method (      -- how debtors of a creditor may pay
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,     -- 0: every creditor
  country {text} NOT NULL,        -- of the debtor; empty: all
  kind {text} NOT NULL,           -- 'transfer', 'voucher', or a provider's name
  settings {text} NOT NULL,       -- JSON; secrets are named, or sealed
  position {int} NOT NULL,        -- on the page, the lower one first
  paused {text} NOT NULL,         -- not empty: not offered, and why
  updated_at {int} NOT NULL,
  PRIMARY KEY (org_id, creditor_id, country, kind)
){clustered};

CREATE TABLE payment_intent (      -- somebody set out to pay through a provider, or with a voucher
  id {id},
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  account_id {int} NOT NULL,
  provider {text} NOT NULL,
  ref {text} NOT NULL,            -- the provider's own id; empty: it has not answered yet
  money_ref {text} NOT NULL,      -- the provider's id of the money itself
  currency {text} NOT NULL,
  amount_minor {int} NOT NULL,
  refunded_minor {int} NOT NULL,
  state {int} NOT NULL,           -- pn_payin_state
  origin {text} NOT NULL,         -- 'page', 'collect'
  invoices {text} NOT NULL,       -- public ids of what it is to pay, by spaces
  url {text} NOT NULL,            -- where the payer goes
  method {text} NOT NULL,         -- 'card', as the provider says
  reason {text} NOT NULL,         -- why it failed, in the provider's words
  instrument_id {int} NOT NULL,   -- what holds the amount back while it is under way, else 0
  payment_id {int} NOT NULL,      -- what it posted, else 0
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  settled_at {int},               -- when it left created and pending
  poll_at {int} NOT NULL,         -- when to ask the provider; the largest integer: never
  asked {int} NOT NULL            -- how often it was asked
){rows};
CREATE INDEX payment_intent_debtor ON payment_intent (debtor_id, id);
CREATE INDEX payment_intent_ref ON payment_intent (org_id, provider, ref) WHERE ref <> '';
CREATE INDEX payment_intent_money ON payment_intent (org_id, provider, money_ref) WHERE money_ref <> '';
CREATE INDEX payment_intent_poll ON payment_intent (org_id, poll_at) WHERE poll_at < 9223372036854775807;

CREATE TABLE provider_event (      -- what providers told: stored before anything follows from it
  id {id},
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,
  provider {text} NOT NULL,
  event_id {text} NOT NULL,       -- the provider's; the same event is taken once
  kind {text} NOT NULL,
  intent_id {int} NOT NULL,       -- what it is about, else 0
  debtor_id {int} NOT NULL,       -- whose that is, else 0
  verdict {text} NOT NULL,        -- what followed: 'moved', 'known', 'contradicts', 'not ours'
  body {text} NOT NULL,           -- as it came
  received_at {int} NOT NULL,     -- real time
  UNIQUE (org_id, provider, event_id)
){rows};
CREATE INDEX provider_event_intent ON provider_event (intent_id) WHERE intent_id <> 0;

CREATE TABLE simulated_charge (    -- the simulated bank's own books
  ref {text} NOT NULL,
  org_id {int} NOT NULL,
  currency {text} NOT NULL,
  amount_minor {int} NOT NULL,
  state {int} NOT NULL,           -- pn_payin_state
  becomes_paid_at {int} NOT NULL, -- a payment that comes late; the largest integer: it does not
  reason {text} NOT NULL,
  PRIMARY KEY (ref)
){clustered};

CREATE TABLE page_action (         -- what was done on a debtor's page: each form works once
  nonce {text} NOT NULL,
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  link_id {int} NOT NULL,
  action {text} NOT NULL,
  at {int} NOT NULL,              -- real time
  PRIMARY KEY (nonce)
){clustered};
CREATE INDEX page_action_link ON page_action (link_id, at);

CREATE TABLE page_code (           -- sent to a known contact, to show or change more
  id {id},
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  link_id {int} NOT NULL,
  contact_id {int} NOT NULL,
  hash {blob} NOT NULL,           -- of the code, with a key
  tries {int} NOT NULL,
  made_at {int} NOT NULL,         -- real time, as all of it
  expires_at {int} NOT NULL,
  opened_at {int},                -- when it was given back rightly
  pass {blob}                     -- hash of what the browser then holds
){rows};
CREATE INDEX page_code_link ON page_code (link_id, id);

CREATE TABLE page_file (           -- what debtors sent: receipts, proofs
  id {id},
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  owner_id {int} NOT NULL,        -- the dispute, complaint or task it belongs to
  name {text} NOT NULL,
  type {text} NOT NULL,           -- by its content
  size {int} NOT NULL,
  hash {blob} NOT NULL,
  content {blob} NOT NULL,
  at {int} NOT NULL
){rows};
CREATE INDEX page_file_debtor ON page_file (debtor_id, id);

CREATE TABLE complaint (           -- about how a debtor was treated
  id {id},
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  creditor_id {int} NOT NULL,
  text {text} NOT NULL,
  state {int} NOT NULL,           -- 0 open, 1 answered
  answer {text} NOT NULL,
  opened_at {int} NOT NULL,
  closed_at {int}
){rows};
CREATE INDEX complaint_debtor ON complaint (debtor_id, id);
