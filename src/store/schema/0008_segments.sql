-- Named rules: who is meant by "large accounts".

CREATE TABLE segment (
  id {id},
  org_id {int} NOT NULL,
  name {text} NOT NULL,
  name_fold {text} NOT NULL,
  subject {int} NOT NULL,         -- pn_subject: whether it is about accounts or invoices
  rule {text} NOT NULL,           -- JSON, as it was written
  created_at {int} NOT NULL,
  archived_at {int},
  UNIQUE (org_id, name_fold)
){rows};
