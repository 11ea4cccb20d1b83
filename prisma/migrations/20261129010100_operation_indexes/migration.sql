-- For lists by patient, rule and time, and for what retention removes. Built beside the work of others, statement by statement.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "alert_episodes_patient_idx" ON "alert_episodes" ("tenant", "patient", "raised_at" DESC, "id");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "alert_episodes_closed_idx" ON "alert_episodes" ("tenant", "updated_at") WHERE "closed";
CREATE INDEX CONCURRENTLY IF NOT EXISTS "alert_transitions_raised_idx" ON "alert_transitions" ("tenant", "at") WHERE "transition" = 'raised';
CREATE INDEX CONCURRENTLY IF NOT EXISTS "alert_transitions_recorded_idx" ON "alert_transitions" ("tenant", "recorded_at");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "alert_suppressions_patient_idx" ON "alert_suppressions" ("tenant", "patient", "at" DESC, "id");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "alert_suppressions_rule_idx" ON "alert_suppressions" ("tenant", "rule", "at" DESC, "id");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "audit_act_idx" ON "audit" ("tenant", "act", "at");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "audit_at_idx" ON "audit" ("tenant", "at");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "dead_letters_list_idx" ON "dead_letters" ("tenant", "at" DESC, "id");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "deliveries_finished_idx" ON "deliveries" ("tenant", "finished_at") WHERE "status" <> 'pending';
CREATE INDEX CONCURRENTLY IF NOT EXISTS "fhir_resource_versions_superseded_idx" ON "fhir_resource_versions" ("tenant", "superseded_at");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "rejections_at_idx" ON "rejections" ("tenant", "at");
