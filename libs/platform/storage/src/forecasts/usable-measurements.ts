/**
 * SQL: whether row m of measurements may serve as what came: a number of quality good or doubtful, in the version that is valid now, or was at the time (ms) of
 * this parameter; null: now. Not one whose sender's clock was ahead by more than `maxAheadMs` (ms): it may have
 * been measured before the forecast was issued. What looks behind may be a backlog, and counts as sent: the order of arrival changes no truth.
 */
export function usable(at: string, maxAheadMs: string): string {
  const judged = `coalesce((SELECT j.quality FROM measurement_judgements j
    WHERE j.tenant = m.tenant AND j.twin = m.twin AND j.code = m.code AND j.effective_at = m.effective_at AND j.identity = m.identity
      AND j.version = m.version AND (${at}::float8 IS NULL OR j.recorded_at <= to_timestamp(${at} / 1000))
    ORDER BY j.recorded_at DESC LIMIT 1), m.judged_quality, m.quality)`;
  return `m.value IS NOT NULL AND m.comparator IS NULL AND NOT m.retracted
    AND CASE WHEN ${at}::float8 IS NULL THEN m.superseded_at IS NULL ELSE m.recorded_at <= to_timestamp(${at} / 1000)
      AND (m.superseded_at IS NULL OR m.superseded_at > to_timestamp(${at} / 1000)) END
    AND coalesce(m.clock_shift_ms, 0) <= ${maxAheadMs} AND ${judged} < 2`;
}
