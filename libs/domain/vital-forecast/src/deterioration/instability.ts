/** Limits of one vital sign; beyond them it is unstable. */
export interface StableLimits {
  readonly code: number;
  readonly least?: number;
  readonly most?: number;
}

/**
 * Limits at which a medical emergency team is called: pulse, respiratory rate and systolic pressure as in the MERIT study (Hillman et al., Lancet
 * 2005;365:2091), saturation as is usual (Jones, DeVita and Bellomo, N Engl J Med 2011;365:139).
 */
export const STABLE_LIMITS: readonly StableLimits[] = [
  { code: 1, least: 40, most: 140 },
  { code: 4, least: 5, most: 36 },
  { code: 3, least: 90 },
  { code: 5, least: 90 },
];

/** Instability ahead: within this time at least two hourly sets have a value beyond the limits. */
export const RISK_MINUTES = 720;

/** Whether a value of a set, by catalogue number, lies beyond its limits. A missing one does not. */
export function isUnstable(values: ReadonlyMap<number, number>): boolean {
  return STABLE_LIMITS.some(({ code, least, most }) => {
    const x = values.get(code);
    return x !== undefined && ((least !== undefined && x < least) || (most !== undefined && x > most));
  });
}

/** With fewer hourly sets nobody can say whether the hours were stable. */
const MIN_SETS = 6;
/** One unstable set alone may be an artefact. */
const MIN_UNSTABLE = 2;

/** Whether vital signs were unstable in these hours, 1 or 0, by the set of each hour; undefined: too few hours have one. */
export function instabilityOf(hours: ReadonlyArray<ReadonlyMap<number, number>>): 0 | 1 | undefined {
  const sets = hours.filter(({ size }) => size > 0);
  if (sets.length < MIN_SETS) return undefined;
  return sets.filter(isUnstable).length >= MIN_UNSTABLE ? 1 : 0;
}
