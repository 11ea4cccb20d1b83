export type ProblemJson = { readonly code: string; readonly detail: string; readonly errors?: readonly unknown[] };

export const NDJSON = { 'content-type': 'application/x-ndjson' };

let minute = 0;

/** A good sample at a minute of its own. */
export function sample(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  minute += 1;
  const effectiveAt = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
  return { patient: 'p1', code: 'heart-rate', value: 72, unit: '/min', effectiveAt, ...over };
}
