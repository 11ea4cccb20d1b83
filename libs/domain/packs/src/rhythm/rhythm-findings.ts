import type { RhythmFinding } from '#libs/domain/rhythm';
import {
  mapFinding,
  mapRecord,
  RANKS,
  type Cited,
  type Citing,
  type DetectorChange,
  type Finding,
  type StreamRule,
} from '#libs/domain/twin';

/** What a rhythm detector remembers, and the conditions that hold as it last emitted them. */
export interface RhythmMemory<S> {
  readonly state: S;
  readonly holds: Readonly<Record<string, Finding>>;
}

export const NO_HOLDS: RhythmMemory<unknown>['holds'] = {};
const NO_CHANGES: readonly DetectorChange[] = [];

interface Followed {
  readonly holds: RhythmMemory<unknown>['holds'];
  readonly changes: readonly DetectorChange[];
}

/** For the codec of stored twins: see `mapCited` of a detector. */
export function mapHolds<A, B>(memory: unknown, form: (cited: A) => B): unknown {
  const before = memory as Citing<A, RhythmMemory<unknown>>;
  return { ...before, holds: mapRecord(before.holds, (finding) => mapFinding(finding, form)) };
}

/** The detector emits changes; what holds is remembered between them. */
export function afterFindings(
  holds: RhythmMemory<unknown>['holds'],
  findings: readonly RhythmFinding[],
  rules: readonly StreamRule[],
  cited: Cited,
): Followed {
  if (findings.length === 0) return { holds, changes: NO_CHANGES };
  const next: Record<string, Finding> = { ...holds };
  const changes: DetectorChange[] = [];
  for (const found of findings) {
    const rule = rules.find(({ id }) => id === found.rule);
    if (rule === undefined) continue;
    if (found.present) {
      const finding = findingOf(rule, found, cited);
      next[rule.id] = finding;
      changes.push({ rule: rule.id, finding });
    } else {
      delete next[rule.id];
      changes.push({ rule: rule.id, at: found.since });
    }
  }
  return { holds: next, changes };
}

function findingOf(rule: StreamRule, finding: RhythmFinding, cited: Cited): Finding {
  const full = RANKS[rule.severity];
  const { value, unit, note, contributions, confident } = finding;
  const [limit] = rule.limits;
  return {
    // What is not certain counts one severity lower.
    rank: (confident ? full : Math.max(1, full - 1)) as 1 | 2 | 3,
    weight: value,
    cites: [cited],
    since: finding.since,
    words: `${rule.title}: ${value} ${unit}${note === undefined ? '' : `; ${note}`}`,
    limit: limit!.default,
    limitName: limit!.name,
    unit: limit!.unit,
    comparison: 'at-or-above',
    ...(contributions === undefined ? undefined : { contributions }),
  };
}

/** By its sender. Values doubtful only by range (docs/clinical/plausibility.md) are checked one by one in the detectors. */
export function wasSentAsDoubtful({ quality, reasons }: Cited): boolean {
  if (quality !== 1) return false;
  return reasons === undefined || !reasons.every((reason) => /^(?:above|below)-plausible-/.test(reason));
}
