-- Forward only; applied once, in order. Types are tokens that each database expands:
-- {id} a 64-bit primary key that the program makes, {serial} one that the database makes, {int} a 64-bit integer, {text}, {blob};
-- {rows} ends a table in which rows are appended, {clustered} one that is ordered by its key.
-- Where a server keeps debtors in partitions, {by_debtor} ends a table that is ordered by a key with the
-- debtor in front, and {rows_by_debtor} one whose rows are appended; of the latter the id is {id_by_debtor},
-- and {key_by_debtor} stands where its columns end. Any other unique key must hold debtor_id too, or the
-- table stays whole.
-- Days are days since 1970-01-01, instants microseconds of UTC, amounts minor units.
-- Codes of states and kinds are the enums of src/core, in their order.

CREATE TABLE organization (
  id {id},
  name {text} NOT NULL UNIQUE,
  mode {int} NOT NULL,            -- 0 live, 1 test, 2 sandbox
  country {text} NOT NULL,
  region {text} NOT NULL,
  currency {text} NOT NULL,
  language {text} NOT NULL,
  zone {text} NOT NULL,
  lane {int} NOT NULL UNIQUE,     -- its timers: wake zones and pokes of one lane are one engine's
  clock {int},                    -- a sandbox's time; NULL: real time
  policy {text} NOT NULL,         -- name of its policy; empty: the country's pack
  mail_key {blob} NOT NULL,       -- makes addresses and links that only we can make (VERP)
  public_url {text} NOT NULL,     -- where debtors reach us, https://…; empty: nowhere
  created_at {int} NOT NULL
){rows};

CREATE TABLE id_lease (            -- ids below `high` may have been made by this node
  node {id},
  high {int} NOT NULL
){rows};

CREATE TABLE creditor (
  id {id},
  org_id {int} NOT NULL,
  name {text} NOT NULL,
  name_fold {text} NOT NULL,
  tax_id {text} NOT NULL,
  country {text} NOT NULL,
  region {text} NOT NULL,
  zone {text} NOT NULL,
  language {text} NOT NULL,
  address_form {int} NOT NULL,    -- in Spanish: 0 usted, 1 tú, 2 tú to people, usted to companies
  address {text} NOT NULL,
  city {text} NOT NULL,           -- where its letters are written
  phone {text} NOT NULL,
  email {text} NOT NULL,          -- where debtors may write to
  iban {text} NOT NULL,           -- IBAN, CLABE or account number, without spaces
  pix_key {text} NOT NULL,        -- Brazil: where Pix payments go; empty: none
  rf_reference {int} NOT NULL,    -- 1: debtors are given ISO 11649 references for transfers
  policy {text} NOT NULL,         -- empty: the organization's
  third_party {int} NOT NULL,     -- 1: its claims are collected for somebody else
  interest_bp {int} NOT NULL,     -- agreed yearly interest, 0 statutory
  withholding_bp {text} NOT NULL, -- rates debtors may withhold: "1500 700"
  data_hours_max {int},           -- older source data stop its cases; NULL: they do not
  data_as_of {int},               -- when its invoices or payments were last loaded
  statement_through {int},        -- day up to which bank statements are loaded; NULL: none are
  trust_key {blob} NOT NULL,      -- makes the anti-phishing codes
  colour {text} NOT NULL,         -- of buttons and links, "#e4002b"; empty: ours
  logo_type {text} NOT NULL,      -- image/png or image/jpeg; empty: no logo
  logo_width {int} NOT NULL,      -- pixels
  logo_height {int} NOT NULL,
  sender_name {text} NOT NULL,    -- name in From; empty: the channel's, else its own
  signs {int} NOT NULL,           -- whose name goes before it: 0 the collector's, 1 nobody's
  replies {int} NOT NULL,         -- who gets them: 0 the collector, 1 the creditor
  subjects {int} NOT NULL,        -- of a case's mails: 0 each its own, 1 that of the first
  created_at {int} NOT NULL,
  archived_at {int},
  logo {blob},                    -- the image itself; last, so that lists do not read over it
  UNIQUE (org_id, name_fold)
){rows};

CREATE TABLE person (              -- people of ours: collectors, salespeople
  id {id},
  org_id {int} NOT NULL,
  key {text} NOT NULL,            -- as debtor.owner and debtor.salesperson name them
  key_fold {text} NOT NULL,
  name {text} NOT NULL,
  email {text} NOT NULL,          -- where answers and copies go; empty: none
  email_fold {text} NOT NULL,
  phone {text} NOT NULL,
  title {text} NOT NULL,          -- "Gestión de cobros"
  signature {text} NOT NULL,      -- lines below the name; empty: title and telephone
  substitute {text} NOT NULL,     -- key of who stands in while they are away; empty: nobody
  away_until {int},               -- last day away; NULL: they are here
  created_at {int} NOT NULL,
  archived_at {int},
  UNIQUE (org_id, key_fold)
){rows};

CREATE TABLE partner (             -- who takes cases over
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,     -- 0: for every creditor without one of its own
  kind {int} NOT NULL,            -- pn_partner_kind
  name {text} NOT NULL,
  contact {text} NOT NULL,        -- how to reach them, one line
  PRIMARY KEY (org_id, creditor_id, kind)
){clustered};

CREATE TABLE debtor (
  id {id},
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,     -- the creditor whose key it was first known by
  external_id {text} NOT NULL,
  external_id_fold {text} NOT NULL,
  name {text} NOT NULL,
  name_fold {text} NOT NULL,
  tax_id {text} NOT NULL,
  kind {int} NOT NULL,            -- 0 not known (treated as a person), 1 person, 2 company
  country {text} NOT NULL,
  region {text} NOT NULL,
  zone {text} NOT NULL,
  language {text} NOT NULL,
  owner {text} NOT NULL,          -- collector
  owner_fold {text} NOT NULL,
  salesperson {text} NOT NULL,
  salesperson_fold {text} NOT NULL,
  parent_id {int},
  grace_days {int} NOT NULL,
  payment_days {int} NOT NULL,    -- bit (1 << day of month), 0 any
  closed_months {int} NOT NULL,   -- bit (1 << month)
  channels {int} NOT NULL,        -- bit (1 << channel): a usable contact exists
  flags {int} NOT NULL,           -- what else there is to load: PN_DEBTOR_HAS_…
  promises_kept {int} NOT NULL,
  promises_broken {int} NOT NULL,
  barred_reason {text} NOT NULL,  -- must not be contacted: why
  barred_until {int},             -- until this day; NULL with a reason: without end
  seq {int} NOT NULL,             -- rises with every fact that the guard reads
  wake_at {int} NOT NULL,         -- timers of the debtor itself: entry rules, promises, holds;
                                  -- the largest integer: none
  last_event_id {int} NOT NULL,
  created_at {int} NOT NULL,
  archived_at {int}
){rows};
CREATE INDEX debtor_org ON debtor (org_id, id);
CREATE INDEX debtor_wake ON debtor (org_id, wake_at) WHERE wake_at < 9223372036854775807;
CREATE INDEX debtor_parent ON debtor (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE debtor_key (          -- an ERP's key for a debtor
  creditor_id {int} NOT NULL,
  external_id {text} NOT NULL,
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  PRIMARY KEY (creditor_id, external_id)
){clustered};

CREATE TABLE attribute (           -- of a debtor (owner_id = debtor_id) or an invoice
  debtor_id {int} NOT NULL,
  owner_id {int} NOT NULL,
  name {text} NOT NULL,
  org_id {int} NOT NULL,
  kind {int} NOT NULL,            -- pn_attr_type
  text {text} NOT NULL,
  fold {text} NOT NULL,
  number {int} NOT NULL,
  PRIMARY KEY (debtor_id, owner_id, name)
){by_debtor};

CREATE TABLE contact (
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  channel {int} NOT NULL,
  address {text} NOT NULL,
  address_fold {text} NOT NULL,
  name {text} NOT NULL,
  relation {text} NOT NULL,       -- payer, approver, guarantor
  state {int} NOT NULL,           -- 0 usable, 1 bounced, 2 invalid, 3 opted out
  state_reason {text} NOT NULL,
  state_at {int},
  rank {int} NOT NULL,            -- the lower one is used first
  shared {int} NOT NULL,          -- 1: other debtors have this address too
  created_at {int} NOT NULL,
  consent {int} NOT NULL,         -- to be written to there: 0 not known, 1 given, 2 withdrawn
  consent_source {text} NOT NULL, -- how it was given or withdrawn
  consent_at {int},
  PRIMARY KEY (debtor_id, id)
){by_debtor};
CREATE INDEX contact_address ON contact (org_id, address_fold, channel);

CREATE TABLE account (             -- a debtor's invoices with one creditor in one currency
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,
  currency {text} NOT NULL,
  scale {int} NOT NULL,           -- minor units in a major one
  open_minor {int} NOT NULL,      -- sums over its open invoices
  claimable_minor {int} NOT NULL,
  open_items {int} NOT NULL,
  claimable_items {int} NOT NULL,
  oldest_due {int},               -- effective due date of the oldest claimable invoice
  unapplied_minor {int} NOT NULL, -- money received and not applied to an invoice yet
  last_closed {int} NOT NULL,     -- pn_closed of the invoice that closed last
  chase_hold_until {int},         -- unmatched money: nothing is asked for before
  PRIMARY KEY (debtor_id, id),
  UNIQUE (debtor_id, creditor_id, currency)
){by_debtor};

CREATE TABLE invoice (
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,
  account_id {int} NOT NULL,
  external_id {text} NOT NULL,    -- the number on the invoice
  number_fold {text} NOT NULL,
  currency {text} NOT NULL,
  scale {int} NOT NULL,
  issued {int} NOT NULL,
  due {int} NOT NULL,
  effective_due {int} NOT NULL,
  portal_accepted {int},
  product {text} NOT NULL,
  product_fold {text} NOT NULL,
  document {text} NOT NULL,       -- path of its PDF; empty: none
  flags {int} NOT NULL,           -- PN_INVOICE_HAS_…
  amount_minor {int} NOT NULL,
  open_minor {int} NOT NULL,      -- sum of its ledger entries
  charges_minor {int} NOT NULL,   -- of it, interest and fees
  disputed_minor {int} NOT NULL,
  promised_minor {int} NOT NULL,
  planned_minor {int} NOT NULL,
  in_flight_minor {int} NOT NULL,
  claimable_minor {int} NOT NULL,
  closed {int} NOT NULL,          -- pn_closed
  closed_at {int},
  reopened_at {int},
  paid_reported_until {int},      -- said to be paid: not claimable up to this day
  tone_received {int} NOT NULL,
  tone_on {int},
  interest_until {int},
  fee_charged {int} NOT NULL,
  run_id {int} NOT NULL,          -- its own run while it works it, else 0
  import_id {int} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (debtor_id, id)
){clustered};
CREATE UNIQUE INDEX invoice_key ON invoice (creditor_id, external_id);
CREATE INDEX invoice_id ON invoice (id);

CREATE TABLE invoice_line (
  debtor_id {int} NOT NULL,
  invoice_id {int} NOT NULL,
  line {int} NOT NULL,
  org_id {int} NOT NULL,
  sku {text} NOT NULL,
  sku_fold {text} NOT NULL,
  product {text} NOT NULL,
  product_fold {text} NOT NULL,
  description {text} NOT NULL,
  description_fold {text} NOT NULL,
  quantity {int},                 -- millionths; NULL: not said
  unit_price {int},               -- millionths of a major unit; NULL: not said
  discount_ppm {int} NOT NULL,    -- millionths of the whole
  discount_minor {int} NOT NULL,  -- as an amount, where it is no rate
  net_minor {int} NOT NULL,       -- before taxes
  tax_ppm {int},                  -- rate of its first tax; NULL: not known
  amount_minor {int} NOT NULL,    -- its share of the invoice's amount, taxes included
  PRIMARY KEY (debtor_id, invoice_id, line)
){by_debtor};

CREATE TABLE invoice_tax (         -- an invoice's taxes, and what is withheld from it
  debtor_id {int} NOT NULL,
  invoice_id {int} NOT NULL,
  position {int} NOT NULL,
  org_id {int} NOT NULL,
  kind {int} NOT NULL,            -- pn_tax_kind
  label {text} NOT NULL,          -- what it is called: IVA, Retención IRPF
  rate_ppm {int},                 -- millionths; NULL: only the amount is known
  base_minor {int} NOT NULL,
  amount_minor {int} NOT NULL,
  PRIMARY KEY (debtor_id, invoice_id, position)
){by_debtor};

CREATE TABLE ledger (              -- never changed, never deleted
  debtor_id {int} NOT NULL,
  invoice_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  kind {int} NOT NULL,            -- pn_entry_kind
  reverses_id {int} NOT NULL,     -- the entry it takes back, else 0
  amount_minor {int} NOT NULL,    -- signed
  payment_id {int} NOT NULL,      -- 0: none
  at {int} NOT NULL,
  recorded_at {int} NOT NULL,
  actor {text} NOT NULL,
  note {text} NOT NULL,
  PRIMARY KEY (debtor_id, invoice_id, id)
){by_debtor};

CREATE TABLE payment (
  id {id},
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  account_id {int} NOT NULL,
  external_id {text},
  currency {text} NOT NULL,
  amount_minor {int} NOT NULL,
  unapplied_minor {int} NOT NULL,
  received {int} NOT NULL,        -- day on which it was received
  at {int} NOT NULL,
  recorded_at {int} NOT NULL,
  method {text} NOT NULL,
  reference {text} NOT NULL,
  allocation {text} NOT NULL,     -- how its invoices were found
  reversed_at {int},
  reversal_reason {text} NOT NULL,
  UNIQUE (creditor_id, external_id)
){rows};
CREATE INDEX payment_debtor ON payment (debtor_id, id);

CREATE TABLE earmark (             -- amounts of an invoice that are not asked for meanwhile
  debtor_id {int} NOT NULL,
  invoice_id {int} NOT NULL,
  kind {int} NOT NULL,            -- 0 dispute, 1 promise, 2 plan, 3 instrument
  owner_id {int} NOT NULL,        -- the dispute, promise, plan or instrument
  org_id {int} NOT NULL,
  amount_minor {int} NOT NULL,
  PRIMARY KEY (debtor_id, invoice_id, kind, owner_id)
){by_debtor};

CREATE TABLE promise (
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  account_id {int} NOT NULL,
  amount_minor {int} NOT NULL,
  due {int} NOT NULL,
  state {int} NOT NULL,           -- 0 open, 1 kept, 2 broken, 3 cancelled
  paid_minor {int} NOT NULL,      -- what had come when it was judged
  source {text} NOT NULL,
  made_at {int} NOT NULL,
  judged_at {int},
  PRIMARY KEY (debtor_id, id)
){by_debtor};
CREATE INDEX promise_id ON promise (id);

CREATE TABLE dispute (
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  invoice_id {int} NOT NULL,
  line {int},
  amount_minor {int} NOT NULL,
  reason {text} NOT NULL,
  state {int} NOT NULL,           -- 0 open, 1 closed
  outcome {text} NOT NULL,
  opened_at {int} NOT NULL,
  closed_at {int},
  PRIMARY KEY (debtor_id, id)
){by_debtor};
CREATE INDEX dispute_id ON dispute (id);

CREATE TABLE plan (
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  account_id {int} NOT NULL,
  state {int} NOT NULL,           -- 0 active, 1 done, 2 defaulted, 3 cancelled
  made_at {int} NOT NULL,
  ended_at {int},
  PRIMARY KEY (debtor_id, id)
){by_debtor};

CREATE INDEX plan_id ON plan (id);

CREATE TABLE plan_installment (
  debtor_id {int} NOT NULL,
  plan_id {int} NOT NULL,
  number {int} NOT NULL,
  org_id {int} NOT NULL,
  due {int} NOT NULL,
  amount_minor {int} NOT NULL,
  PRIMARY KEY (debtor_id, plan_id, number)
){by_debtor};

CREATE TABLE instrument (          -- cheque, promissory note, direct debit on its way
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  account_id {int} NOT NULL,
  kind {text} NOT NULL,
  number {text} NOT NULL,
  amount_minor {int} NOT NULL,
  due {int} NOT NULL,
  state {int} NOT NULL,           -- 0 in flight, 1 cleared, 2 returned
  payment_id {int} NOT NULL,      -- what clearing it posted, else 0
  taken_at {int} NOT NULL,
  settled_at {int},
  PRIMARY KEY (debtor_id, id)
){by_debtor};
CREATE INDEX instrument_id ON instrument (id);

CREATE TABLE hold (
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  run_id {int} NOT NULL,          -- 0: all cases of the debtor
  reason {text} NOT NULL,
  actor {text} NOT NULL,
  since {int} NOT NULL,
  until {int} NOT NULL,           -- when it ends by itself or is reviewed
  released_at {int},
  PRIMARY KEY (debtor_id, id)
){by_debtor};
CREATE INDEX hold_id ON hold (id);

CREATE TABLE protection (          -- debtors to whom another treatment is due
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  kind {int} NOT NULL,            -- pn_protect_kind
  reason {text} NOT NULL,
  actor {text} NOT NULL,
  contact_id {int} NOT NULL,      -- who represents the debtor; 0: not known
  since {int} NOT NULL,
  until {int},                    -- NULL: without end
  ended_at {int},
  PRIMARY KEY (debtor_id, id)
){by_debtor};

CREATE TABLE strategy (
  id {id},
  org_id {int} NOT NULL,
  name {text} NOT NULL,
  kind {int} NOT NULL,            -- pn_flow_kind
  subject {int} NOT NULL,
  priority {int} NOT NULL,
  version_id {int} NOT NULL,      -- the newest published one
  active {int} NOT NULL,          -- 0: nothing new enters
  daily_max {int} NOT NULL,       -- messages a day that a person allows; 0: only what is predicted
  stopped_on {int},               -- the day on which it would have sent too many; NULL: it goes on
  created_at {int} NOT NULL,
  archived_at {int},
  UNIQUE (org_id, name)
){rows};

CREATE TABLE strategy_day (        -- what a strategy sent on a day: its volume is predicted from it
  strategy_id {int} NOT NULL,
  day {int} NOT NULL,
  org_id {int} NOT NULL,
  sent {int} NOT NULL,            -- messages claimed
  released {int} NOT NULL,        -- 1: a person let it send whatever it wanted
  PRIMARY KEY (strategy_id, day)
){clustered};

CREATE TABLE strategy_version (    -- immutable
  id {id},
  org_id {int} NOT NULL,
  strategy_id {int} NOT NULL,
  version {int} NOT NULL,
  document {text} NOT NULL,       -- canonical
  hash {blob} NOT NULL,
  published_at {int} NOT NULL,
  published_by {text} NOT NULL,
  UNIQUE (strategy_id, version)
){rows};

CREATE TABLE template (            -- one version of a family, immutable
  id {id},
  org_id {int} NOT NULL,
  family {text} NOT NULL,
  version {int} NOT NULL,
  purpose {int} NOT NULL,         -- pn_purpose
  document {text} NOT NULL,
  hash {blob} NOT NULL,
  published_at {int} NOT NULL,
  published_by {text} NOT NULL,
  UNIQUE (org_id, family, version)
){rows};

CREATE TABLE policy (              -- one version, immutable
  id {id},
  org_id {int} NOT NULL,
  name {text} NOT NULL,
  version {text} NOT NULL,
  from_day {int},
  document {text} NOT NULL,
  published_at {int} NOT NULL,
  UNIQUE (org_id, name, version)
){rows};

CREATE TABLE run (                 -- no further index: what a step changes is not indexed
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  account_id {int} NOT NULL,
  invoice_id {int} NOT NULL,      -- 0: the account's run
  version_id {int} NOT NULL,
  parent_id {int} NOT NULL,       -- the run a pill accompanies, else 0
  status {int} NOT NULL,
  wait {int} NOT NULL,
  node {int} NOT NULL,
  visit {int} NOT NULL,
  cycle {int} NOT NULL,
  wake_at {int} NOT NULL,
  anchor_due {int},
  anchor_item {int} NOT NULL,
  started_at {int} NOT NULL,
  memory {blob} NOT NULL,
  last_event_id {int} NOT NULL,
  last_message_id {int} NOT NULL,
  PRIMARY KEY (debtor_id, id)
){by_debtor};

-- Ids are appended and never change. Not UNIQUE, although they are: a step's update, by debtor, id
-- and visit, would be planned over this index and then search the table a second time.
CREATE INDEX run_id ON run (id);

CREATE TABLE wake_zone (           -- minima over up to 256 neighbouring debtors of a lane
  lane {int} NOT NULL,
  first_debtor {int} NOT NULL,
  last_debtor {int} NOT NULL,
  debtors {int} NOT NULL,
  wake_at {int} NOT NULL,         -- of their runs
  deliver_at {int} NOT NULL,      -- of their open messages
  PRIMARY KEY (lane, first_debtor)
){clustered};

CREATE TABLE poke (                -- facts changed: step this debtor's runs
  id {serial},
  lane {int} NOT NULL,
  debtor_id {int} NOT NULL
){rows};

CREATE TABLE message (             -- an intent and what became of it
  id {id_by_debtor},
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  run_id {int} NOT NULL,
  visit {int} NOT NULL,
  ordinal {int} NOT NULL,
  prev_id {int} NOT NULL,         -- the run's message before it
  node {int} NOT NULL,
  channel {int} NOT NULL,
  tone {int} NOT NULL,
  state {int} NOT NULL,
  template {text} NOT NULL,       -- as the node names it
  not_before {int} NOT NULL,
  supersede_at {int} NOT NULL,
  lease_until {int} NOT NULL,     -- real time; 0: not claimed
  attempts {int} NOT NULL,
  first_try_at {int},
  contact_id {int} NOT NULL,      -- used last, 0 none yet
  carrier_id {int} NOT NULL,
  settled_at {int},
  reason {text} NOT NULL,         -- why it was delayed, skipped or failed: a word
  params {text} NOT NULL          -- JSON: attachments, copies, verdict, facts used
{key_by_debtor}){rows_by_debtor};
CREATE UNIQUE INDEX message_open ON message (debtor_id, run_id, visit, ordinal)
  WHERE state = 0 OR state = 1 OR state = 7; -- as a list, SQLite would build it at every insert

CREATE INDEX message_uncertain ON message (id) WHERE state = 8; -- what waits for a person's word

CREATE TABLE carrier (             -- what really goes out: one or more messages together
  id {id},
  org_id {int} NOT NULL,
  creditor_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  channel {int} NOT NULL,
  contact_id {int} NOT NULL,
  address {text} NOT NULL,
  day {int} NOT NULL,             -- the recipient's local day
  state {int} NOT NULL,           -- pn_message_state
  purpose {int} NOT NULL,
  tone {int} NOT NULL,
  template_id {int} NOT NULL,
  language {text} NOT NULL,
  subject {text} NOT NULL,
  domain {text} NOT NULL,         -- of its Message-ID, which is its public id at this domain
  parent_id {int} NOT NULL,       -- the carrier whose mail it answers in a thread, else 0
  hash {blob},                    -- SHA-256 of its content; NULL: nothing was written yet
  facts {text} NOT NULL,          -- JSON: what it was decided and written from
  attempts {int} NOT NULL,
  lease_until {int} NOT NULL,
  at {int} NOT NULL,
  settled_at {int},
  status {text} NOT NULL,         -- of the last attempt
  reply {text} NOT NULL,
  provider_id {text} NOT NULL,
  event_id {int} NOT NULL         -- what sealed its fate
){rows};
CREATE INDEX carrier_sending ON carrier (id) WHERE state = 1;

CREATE TABLE carrier_content (     -- apart, for a result must not write it again
  carrier_id {id},
  org_id {int} NOT NULL,
  dictionary_id {int} NOT NULL,   -- 0: none
  size {int} NOT NULL,            -- bytes of the message as sent
  content {blob} NOT NULL         -- it, as a Zstandard frame
){rows};

CREATE TABLE carrier_file (        -- documents that went with it, and those left out
  carrier_id {int} NOT NULL,
  position {int} NOT NULL,
  org_id {int} NOT NULL,
  name {text} NOT NULL,
  size {int} NOT NULL,
  hash {blob},                    -- SHA-256 of its bytes; NULL: it was not made
  attached {int} NOT NULL,        -- 0: left out
  remark {text} NOT NULL,         -- why it is left out, or not the file that was wanted: a word
  PRIMARY KEY (carrier_id, position)
){clustered};

CREATE TABLE dictionary (          -- what a template says to nobody: contents are compressed with it
  id {id},
  org_id {int} NOT NULL,
  hash {blob} NOT NULL,           -- SHA-256 of its content
  content {blob} NOT NULL
){rows};
CREATE UNIQUE INDEX dictionary_hash ON dictionary (org_id, hash);

CREATE TABLE attempt (
  carrier_id {int} NOT NULL,
  number {int} NOT NULL,
  org_id {int} NOT NULL,
  at {int} NOT NULL,
  recorded_at {int} NOT NULL,
  outcome {int} NOT NULL,         -- pn_send_outcome
  address {text} NOT NULL,
  status {text} NOT NULL,
  reply {text} NOT NULL,
  PRIMARY KEY (carrier_id, number)
){clustered};

CREATE TABLE contact_made (        -- what caps and gaps count
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  at {int} NOT NULL,
  channel {int} NOT NULL,
  purpose {int} NOT NULL,
  conversation {int} NOT NULL,
  carrier_id {int} NOT NULL,
  creditor_id {int} NOT NULL,     -- whose claim; 0: not known, counts for all
  account_id {int} NOT NULL,      -- what it was about; 0: not known, counts for everything
  PRIMARY KEY (debtor_id, id)
){by_debtor};

CREATE TABLE signal (
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  kind {int} NOT NULL,
  source {int} NOT NULL,
  at {int} NOT NULL,
  recorded_at {int} NOT NULL,
  carrier_id {int} NOT NULL,
  detail {text} NOT NULL,
  PRIMARY KEY (debtor_id, id)
){by_debtor};

CREATE TABLE received_mail (       -- mail that came in: what it is and what became of it
  id {id},
  org_id {int} NOT NULL,
  source_hash {blob} NOT NULL,    -- SHA-256 of the mail as it came; the same mail is taken once
  source {text} NOT NULL,         -- "pipe", a maildir, "imap://user@host/folder"
  uid {int} NOT NULL,             -- in that mailbox, else 0
  at {int} NOT NULL,
  recorded_at {int} NOT NULL,
  written_at {int},               -- its own Date, NULL: none
  message_id {text} NOT NULL,
  sender {text} NOT NULL,
  sender_name {text} NOT NULL,
  sent_to {text} NOT NULL,
  subject {text} NOT NULL,
  class {int} NOT NULL,           -- pn_mail_class
  status {text} NOT NULL,         -- of a bounce: "5.1.1"
  reason {text} NOT NULL,         -- of a bounce; 'delayed': it is none yet
  recipient {text} NOT NULL,      -- the address that a report is about, folded
  text {text} NOT NULL,           -- what a person wrote, without what they quote
  suggestion {text} NOT NULL,     -- JSON: what it seems to want; empty: nothing
  opt_out {int} NOT NULL,         -- 0 no, 1 from this channel, 2 from all
  matched_by {int} NOT NULL,      -- pn_matched
  carrier_id {int} NOT NULL,      -- what it answers, else 0
  debtor_id {int} NOT NULL,       -- whom it is about, else 0
  state {int} NOT NULL,           -- pn_received_state
  note {text} NOT NULL            -- why it is not matched, or is ignored
){rows};
CREATE UNIQUE INDEX received_mail_hash ON received_mail (org_id, source_hash);
CREATE INDEX received_mail_message ON received_mail (org_id, message_id) WHERE message_id <> '';
CREATE INDEX received_mail_recipient ON received_mail (org_id, recipient, at) WHERE recipient <> '';

CREATE TABLE received_content (    -- apart, for lists do not read it
  mail_id {id},
  org_id {int} NOT NULL,
  size {int} NOT NULL,            -- bytes of the mail as it came
  whole {int} NOT NULL,           -- 0: it was too large, only its header is kept
  content {blob} NOT NULL         -- it, as a Zstandard frame
){rows};

CREATE TABLE mailbox (             -- where mail is fetched from
  org_id {int} NOT NULL,
  name {text} NOT NULL,
  settings {text} NOT NULL,       -- JSON; never a secret
  checked_at {int},               -- real time of the last session
  trouble {text} NOT NULL,        -- how it ended, where it did not end well
  updated_at {int} NOT NULL,
  PRIMARY KEY (org_id, name)
){clustered};

CREATE TABLE mailbox_position (    -- how far a mailbox was read
  org_id {int} NOT NULL,
  source {text} NOT NULL,         -- as in received_mail
  uid_validity {int} NOT NULL,
  last_uid {int} NOT NULL,
  PRIMARY KEY (org_id, source)
){clustered};

CREATE TABLE split_arm (
  debtor_id {int} NOT NULL,
  strategy_id {int} NOT NULL,
  split_key {text} NOT NULL,
  org_id {int} NOT NULL,
  arm {text} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (debtor_id, strategy_id, split_key)
){by_debtor};

CREATE TABLE pill_start (          -- at most once per pill and fact
  debtor_id {int} NOT NULL,
  strategy_id {int} NOT NULL,
  fact_id {int} NOT NULL,
  org_id {int} NOT NULL,
  run_id {int} NOT NULL,
  PRIMARY KEY (debtor_id, strategy_id, fact_id)
){by_debtor};

CREATE TABLE task (
  id {id},
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  run_id {int} NOT NULL,          -- 0: opened by no run
  node {int} NOT NULL,
  visit {int} NOT NULL,
  category {text} NOT NULL,
  title {text} NOT NULL,
  queue {text} NOT NULL,
  script {text} NOT NULL,
  collapsed {int} NOT NULL,
  due_at {int} NOT NULL,
  state {int} NOT NULL,
  outcome {text} NOT NULL,
  opened_at {int} NOT NULL,
  settled_at {int},
  settled_by {text} NOT NULL
){rows};
CREATE INDEX task_debtor ON task (debtor_id, id);
CREATE INDEX task_open ON task (org_id, due_at) WHERE state = 0;

CREATE TABLE notice (              -- told to people of ours
  id {id},
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  run_id {int} NOT NULL,
  recipient {text} NOT NULL,
  text {text} NOT NULL,
  at {int} NOT NULL
){rows};

CREATE TABLE event (               -- what happened, sealed
  id {id_by_debtor},
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,       -- 0: of the organization
  run_id {int} NOT NULL,          -- 0: of the debtor
  prev_id {int} NOT NULL,         -- the event before it of the same run or debtor
  at {int} NOT NULL,
  recorded_at {int} NOT NULL,
  kind {int} NOT NULL,
  actor {text} NOT NULL,
  salt {blob},                    -- NULL with the body: erased
  hash {blob} NOT NULL,           -- SHA-256(salt ‖ canonical payload)
  body {text}
{key_by_debtor}){rows_by_debtor};

CREATE TABLE block (               -- a commit's events under one root, chained
  id {id},
  first_event {int} NOT NULL,
  last_event {int} NOT NULL,
  events {int} NOT NULL,
  root {blob} NOT NULL,           -- RFC 6962 over the events' hashes
  prev_hash {blob} NOT NULL,
  hash {blob} NOT NULL,           -- of this row
  at {int} NOT NULL
){rows};

CREATE TABLE channel_setting (
  org_id {int} NOT NULL,
  channel {int} NOT NULL,
  driver {text} NOT NULL,
  settings {text} NOT NULL,       -- JSON; never a secret
  sender {text} NOT NULL,
  paused_reason {text} NOT NULL,  -- not empty: nothing is sent
  updated_at {int} NOT NULL,
  PRIMARY KEY (org_id, channel)
){clustered};

CREATE TABLE import (
  id {id},
  org_id {int} NOT NULL,
  kind {text} NOT NULL,
  file_name {text} NOT NULL,
  file_hash {blob} NOT NULL,
  rows_read {int} NOT NULL,
  rows_created {int} NOT NULL,
  rows_changed {int} NOT NULL,
  rows_same {int} NOT NULL,
  rows_skipped {int} NOT NULL,
  totals {text} NOT NULL,
  at {int} NOT NULL
){rows};
