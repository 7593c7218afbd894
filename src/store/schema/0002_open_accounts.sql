-- Lists of open accounts begin with the oldest due date.

CREATE INDEX account_open ON account (org_id, oldest_due, debtor_id, id) WHERE open_items > 0;
