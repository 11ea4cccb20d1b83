-- The inbox of alerts: each status and severity from the longest waiting on. Built beside the work of others.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "alert_episodes_inbox_idx" ON "alert_episodes" ("tenant", "status", "severity", "raised_at", "id") WHERE NOT "closed";
