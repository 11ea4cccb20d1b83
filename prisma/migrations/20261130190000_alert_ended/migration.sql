-- Alerts that have ended: each status and severity from the newest on. Built beside the work of others.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "alert_episodes_ended_idx" ON "alert_episodes" ("tenant", "status", "severity", "raised_at" DESC, "id") WHERE "closed";
