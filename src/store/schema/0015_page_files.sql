-- What debtors sent belongs to the task that somebody has to do about it, too.

ALTER TABLE page_file ADD COLUMN task_id {int};    -- NULL: of none
CREATE INDEX page_file_task ON page_file (task_id) WHERE task_id IS NOT NULL;
ALTER TABLE complaint ADD COLUMN task_id {int};    -- NULL: of none
CREATE INDEX complaint_org ON complaint (org_id, id);
