-- What waits to be asked or told is taken for each system by itself.

DROP INDEX errand_open;
CREATE INDEX errand_open ON errand (org_id, connector, due_at, id) WHERE state = 0;
DROP INDEX notification_open;
CREATE INDEX notification_open ON notification (org_id, webhook_id, due_at, id) WHERE state = 0;
