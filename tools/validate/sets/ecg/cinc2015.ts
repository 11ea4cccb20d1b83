/** PhysioNet/CinC Challenge 2015: is a bedside alarm true? Score = (TP + TN) / (TP + TN + FP + 5 FN). */
import { checkAlarm, type AlarmRule, type AlarmSignals } from '#libs/domain/rhythm';
import { PackReader, readIndex, type PackEntry } from '../../wfdb.js';
import { told } from './af-scoring.js';
import type { Detection, ValidationSet } from '../../set.js';

const RULES: ReadonlyArray<readonly [RegExp, AlarmRule]> = [
  [/asystole/i, 'asystole'],
  [/brady/i, 'extreme-bradycardia'],
  [/flutter|fib/i, 'ventricular-fibrillation'],
  [/ventricular/i, 'ventricular-tachycardia'],
  [/tachy/i, 'extreme-tachycardia'],
];
const PULSE = /PLETH|PPG|ABP|ART|PAP|CVP/i;

export function ruleOf(entry: PackEntry): AlarmRule {
  const letters: Readonly<Record<string, string>> = {
    a: 'asystole',
    b: 'brady',
    f: 'fib',
    t: 'tachy',
    v: 'ventricular',
  };
  const alarm = entry.alarm ?? letters[entry.record[0] ?? ''] ?? '';
  return RULES.find(([pattern]) => pattern.test(alarm))?.[1] ?? 'ventricular-tachycardia';
}

export function alarmSignals(packs: PackReader, entry: PackEntry): AlarmSignals {
  const channels = packs.read(entry, entry.pack ?? `${entry.record[0]}.pack`);
  const of = (pulse: boolean): readonly Float64Array[] =>
    channels.filter(({ name }) => PULSE.test(name) === pulse).map(({ values }) => values);
  return { fs: entry.fs, ecg: of(false), pulse: of(true) };
}

export interface ChallengeCounts {
  readonly tp: number;
  readonly tn: number;
  readonly fp: number;
  readonly fn: number;
}

/** Alarms by truth and by what was said of them: true is positive. */
export function challengeCounts(
  alarms: readonly { readonly isTrue: boolean; readonly said: boolean }[],
): ChallengeCounts {
  const counts = { tp: 0, tn: 0, fp: 0, fn: 0 };
  for (const { isTrue, said } of alarms) counts[isTrue ? (said ? 'tp' : 'fn') : said ? 'fp' : 'tn']++;
  return counts;
}

/** The challenge's score, 0 to 100: a missed true alarm counts as five false ones. */
export function challengeScore({ tp, tn, fp, fn }: ChallengeCounts): number {
  return (100 * (tp + tn)) / (tp + tn + fp + 5 * fn);
}

function* detect(folder: string): Iterable<Detection> {
  const packs = new PackReader(folder);
  for (const entry of readIndex(folder)) {
    const rule = ruleOf(entry);
    const value = checkAlarm(rule, alarmSignals(packs, entry));
    yield { record: entry.record, kind: 'alarm', at: entry.samples / entry.fs, value, rule };
  }
}

function score(folder: string, detections: readonly Detection[]): Readonly<Record<string, number>> {
  const said = new Map(detections.map((line) => [line.record, line.value === true]));
  const alarms: { isTrue: boolean; said: boolean }[] = [];
  const byRule = new Map<AlarmRule, { found: number; all: number; falseAlarms: number; withdrawn: number }>();
  for (const entry of readIndex(folder)) {
    if (entry.true === undefined) continue;
    const rule = byRule.get(ruleOf(entry)) ?? { found: 0, all: 0, falseAlarms: 0, withdrawn: 0 };
    byRule.set(ruleOf(entry), rule);
    const value = said.get(entry.record) ?? true;
    alarms.push({ isTrue: entry.true === 1, said: value });
    if (entry.true === 1) {
      rule.all++;
      if (value) rule.found++;
    } else {
      rule.falseAlarms++;
      if (!value) rule.withdrawn++;
    }
  }
  const metrics: Record<string, number> = { cinc2015_score: challengeScore(challengeCounts(alarms)) };
  for (const [rule, { found, all, falseAlarms, withdrawn }] of byRule) {
    const name = rule.replaceAll('-', '_');
    if (all > 0) metrics[`cinc2015_${name}_sensitivity`] = (100 * found) / all;
    if (falseAlarms > 0) metrics[`cinc2015_${name}_withdrawn`] = (100 * withdrawn) / falseAlarms;
  }
  return told(metrics);
}

export const cinc2015: ValidationSet = { name: 'cinc2015', detect, score };
