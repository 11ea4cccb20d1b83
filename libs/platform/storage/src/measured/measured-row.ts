/** Source of measurements that came as FHIR: those are stored as resources. */
export const STORED_SOURCE = 'fhir';

/** The columns of a `MeasuredValue`, of measurements `m`, their twin `t`, sender `s` and newest judgement `j`. */
export const MEASURED_COLUMNS = `t.key::text AS twin, t.patient, m.identity::text AS identity, m.sourced, m.version, m.code,
  (extract(epoch FROM m.effective_at) * 1000)::float8 AS "effectiveAt",
  (extract(epoch FROM m.received_at) * 1000)::float8 AS "receivedAt",
  (extract(epoch FROM m.recorded_at) * 1000)::float8 AS "recordedAt",
  (extract(epoch FROM j.recorded_at) * 1000)::float8 AS "judgedAt",
  m.value, m.comparator, coalesce(m.series_exact, m.series::text::float8[]) AS series,
  coalesce(m.period_exact, m.period_ms::text::float8) AS "periodMs", m.channel,
  coalesce(j.quality, m.judged_quality, m.quality) AS quality,
  coalesce(j.reasons, m.judged_reasons, m.quality_reasons) AS "qualityReasons", m.retracted, s.source, s.device`;

/** The newest judgement of a measurement `m`, where it was judged again after it was stored. */
export const NEWEST_JUDGEMENT = `LEFT JOIN LATERAL (
    SELECT recorded_at, quality, reasons FROM measurement_judgements
    WHERE tenant = m.tenant AND twin = m.twin AND code = m.code AND effective_at = m.effective_at AND identity = m.identity
      AND version = m.version
    ORDER BY recorded_at DESC LIMIT 1) j ON TRUE`;
