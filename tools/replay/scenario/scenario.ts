import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { ALERT_REASONS, SEVERITIES, TRANSITIONS } from '#libs/contracts';
import { MEASURE_NAMES } from '#libs/domain/quantities';

/** A scenario that cannot be used: file, place, what is wrong. */
export class ScenarioError extends Error {}

const DAY_1 = Date.UTC(2026, 2, 1);
const UNITS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 };

const clock = z
  .string()
  .regex(
    /^(?:day [1-9]\d? )?(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/,
    'must be a time such as "22:05", "22:05:30" or "day 2 01:30"',
  )
  .transform((text) => {
    const [, day = '1', time] = /^(?:day (\d+) )?(.*)$/.exec(text)!;
    const [hours, minutes, seconds = 0] = time!.split(':').map(Number);
    return DAY_1 + (Number(day) - 1) * 86_400_000 + ((hours! * 60 + minutes!) * 60 + seconds) * 1000;
  });

const duration = z
  .string()
  .regex(/^\d+(?:\.\d+)? (?:s|min|h)$/, 'must be a duration such as "15 s", "5 min" or "2 h"')
  .transform((text) => {
    const [count, unit] = text.split(' ');
    return Number(count) * UNITS[unit!]!;
  });

const resource = z.looseObject({ resourceType: z.string() });

const limits = z.strictObject({
  rule: z.string(),
  limits: z.record(z.string(), z.number()),
  reason: z.string(),
});

/** Values of one measure: one at `at`, or several from `at` on, one after the other `every` so long. */
const measured = z.strictObject({
  measure: z.enum(MEASURE_NAMES),
  unit: z.string(),
  value: z.number().optional(),
  values: z.array(z.number()).min(1).optional(),
  every: duration.optional(),
  times: z.int().min(1).max(2000).default(1),
  received: clock.optional(),
  quality: z.enum(['doubtful', 'bad']).optional(),
  id: z.string().optional(),
  /** Name of the sending system. */
  source: z.string().default('monitor'),
});

/** What somebody does to the newest alert of a rule, or to the patient's monitoring. */
const act = z.strictObject({
  act: z.enum(['acknowledge', 'snooze', 'resolve']),
  rule: z.string(),
  for: duration.optional(),
});
const monitoring = z.strictObject({
  monitoring: z.enum(['on', 'off']),
  reason: z.string(),
  rules: z.array(z.string()).optional(),
  for: duration.optional(),
});
const record = z.strictObject({ resource });

const STEPS = { measure: measured, act, monitoring, resource: record } as const;
type Step = { readonly at: number } & {
  readonly [K in keyof typeof STEPS]: z.infer<(typeof STEPS)[K]>;
}[keyof typeof STEPS];

/** The kind of a step is the word that only it has, so that an error names what is wrong in that kind. */
const step = z.looseObject({ at: clock }).transform((raw, context): Step => {
  const kinds = (Object.keys(STEPS) as (keyof typeof STEPS)[]).filter((kind) => kind in raw);
  if (kinds.length !== 1) {
    context.addIssue({ code: 'custom', message: `must have one of ${Object.keys(STEPS).join(', ')}` });
    return z.NEVER;
  }
  const { at, ...rest } = raw;
  const parsed = STEPS[kinds[0]!].safeParse(rest);
  if (parsed.success) return { at, ...parsed.data };
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

const expected = z.strictObject({
  at: clock,
  rule: z.string(),
  what: z.enum(TRANSITIONS),
  severity: z.enum(SEVERITIES),
  because: z.enum(ALERT_REASONS).optional(),
  /** Part of the sentence that is shown. */
  shows: z.string().optional(),
});
const suppressed = z.strictObject({ rule: z.string(), because: z.string() });

const Scenario = z.strictObject({
  scenario: z.string().min(20, 'must say in a sentence what happens and what is right'),
  given: z.strictObject({
    records: z.array(resource).default([]),
    limits: z.array(limits).default([]),
  }),
  when: z.array(step).min(1),
  until: clock,
  then: z.strictObject({
    /** Only alerts of these rules are looked at; absent: of all. */
    of: z.array(z.string()).optional(),
    alerts: z.array(expected),
    suppressed: z.array(suppressed).default([]),
  }),
});

export type Scenario = z.infer<typeof Scenario> & { readonly name: string };
export type Measured = z.infer<typeof measured> & { readonly at: number };
export type ExpectedAlert = z.infer<typeof expected>;

/** Times and durations as they were written become ms; an error names file, place and what would be right. */
export function readScenario(path: string): Scenario {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ScenarioError(
      `${path}: ${(error as { code?: unknown }).code === undefined ? 'not JSON' : 'cannot be read'}`,
    );
  }
  const parsed = Scenario.safeParse(raw);
  if (parsed.success) return { ...parsed.data, name: basename(path, '.json') };
  const issues = parsed.error.issues.map((issue) => `${path}: /${issue.path.join('/')} ${issue.message}`);
  throw new ScenarioError(issues.join('\n'));
}
