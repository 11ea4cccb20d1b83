-- Who had a device, and when (docs/adr/0016).
CREATE TABLE "device_assignments" (
    "tenant" INTEGER NOT NULL,
    "origin" TEXT NOT NULL,
    "device" TEXT NOT NULL,
    "patient" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3),
    "until_at" TIMESTAMPTZ(3),
    "recorded_at" TIMESTAMPTZ(3),
    CONSTRAINT "device_assignments_pkey" PRIMARY KEY ("tenant", "origin", "device")
);
CREATE INDEX "device_assignments_device_idx" ON "device_assignments"("tenant", "device");

-- Of what is known only as it is now, nobody can tell since when: it holds since ever.
INSERT INTO device_assignments (tenant, origin, device, patient) SELECT tenant, 'Device/0', device, patient FROM device_patients;

-- A trigger, so that processes of the version before, in a rolling deployment, note changes as well. It runs when the statement that
-- writes the Device has ended, and so sees its new version.
CREATE FUNCTION note_device_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed device_patients := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  at TIMESTAMPTZ(3) := now();
  version INTEGER := 0;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.patient = OLD.patient THEN
    RETURN NULL;
  END IF;
  SELECT r.last_updated, r.version INTO at, version FROM fhir_resources r
    WHERE r.tenant = changed.tenant AND r.type = 'Device' AND r.id = changed.device;
  UPDATE device_assignments a SET until_at = greatest(coalesce(at, now()), a.from_at)
    WHERE a.tenant = changed.tenant AND a.device = changed.device AND a.origin LIKE 'Device/%' AND a.until_at IS NULL;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO device_assignments (tenant, origin, device, patient, from_at, recorded_at)
      VALUES (NEW.tenant, 'Device/' || coalesce(version, 0), NEW.device, NEW.patient, coalesce(at, now()), coalesce(at, now()))
      ON CONFLICT (tenant, origin, device) DO UPDATE
      SET patient = excluded.patient, from_at = excluded.from_at, until_at = NULL, recorded_at = excluded.recorded_at;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_device_assignment AFTER INSERT OR UPDATE OR DELETE ON device_patients
  FOR EACH ROW EXECUTE FUNCTION note_device_assignment();

-- DeviceUseStatements stored before; one that can not be read here is left out, and read when it is next written.
DO $$
DECLARE
  stored RECORD;
  content JSONB;
  start_text TEXT;
  end_text TEXT;
  ended TIMESTAMPTZ;
BEGIN
  FOR stored IN SELECT * FROM fhir_resources WHERE type = 'DeviceUseStatement' AND NOT deleted LOOP
    BEGIN
      content := stored.content::jsonb;
      CONTINUE WHEN content ?| '{modifierExtension,implicitRules,timingTiming}'
        OR content->>'status' NOT IN ('active', 'completed', 'stopped');
      start_text := coalesce(content->'timingPeriod'->>'start', content->>'timingDateTime');
      end_text := CASE WHEN content->>'status' = 'active' OR content->>'timingDateTime' IS NULL
        THEN content->'timingPeriod'->>'end' ELSE content->>'timingDateTime' END;
      CONTINUE WHEN start_text !~ '^\d{4}-\d\d-\d\d(T.*)?$' OR end_text !~ '^\d{4}-\d\d-\d\d(T.*)?$';
      ended := CASE
        WHEN end_text IS NULL AND content->>'status' = 'active' THEN NULL
        WHEN end_text IS NULL THEN stored.last_updated
        WHEN end_text !~ 'T' THEN (end_text || 'T00:00:00Z')::timestamptz + interval '1 day'
        WHEN end_text ~ '\.\d' THEN end_text::timestamptz + interval '1 millisecond'
        ELSE end_text::timestamptz + interval '1 second' END;
      INSERT INTO device_assignments (tenant, origin, device, patient, from_at, until_at, recorded_at)
        SELECT stored.tenant, 'DeviceUseStatement/' || stored.id, device[1], patient[1], began, ended, stored.last_updated
        FROM regexp_match(content->'device'->>'reference', '^Device/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]+)?$') AS device,
             regexp_match(content->'subject'->>'reference', '^Patient/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]+)?$') AS patient,
             CAST(CASE WHEN start_text ~ 'T' THEN start_text ELSE start_text || 'T00:00:00Z' END AS timestamptz) AS began
        WHERE device IS NOT NULL AND patient IS NOT NULL AND began IS NOT NULL AND (ended IS NULL OR ended > began);
    EXCEPTION WHEN data_exception OR not_null_violation THEN
      CONTINUE;
    END;
  END LOOP;
END $$;
