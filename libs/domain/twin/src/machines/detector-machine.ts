import type { Finding } from '../alerts/finding.js';
import type { FoundEpisode } from './limit-machine.js';
import { refusalOf } from '../rules/refuses.js';
import type { Circumstances, Detector, StreamRule } from '../rules/rule.js';
import type { Sample } from '../rules/judged-sample.js';
import type { DetectorMachine, OpenEpisode } from '../state/machine-state.js';
import type { Cited } from '../state/cited.js';

/** What a fold needs to know beside the values: whose limits count, who the person is, and where ended episodes go. */
export interface Surroundings extends Omit<Circumstances, 'now'> {
  /** Moved on with the values. */
  now: number;
  /** The detector's memory began anew: what it found before stays open. */
  readonly isWarmingUp?: boolean;
  /** More values of the same moment follow in this record: what holds is known after the last of them. */
  isAmid?: boolean;
  readonly ended: (rule: StreamRule, episode: FoundEpisode) => void;
  /** A finding of a rule that does not judge this person, or a value that the detector does not judge. */
  readonly refused: (reason: string, value?: Cited) => void;
}

const NONE: DetectorMachine['open'] = {};

/**
 * One value on (`machine` null: nothing is remembered), at the effective time `around.now`. The changes within the value are followed in
 * their order, then what holds after it: an episode begins at the onset that its finding names, or else with the first value after which
 * the condition holds, and ends when the detector reports its end, or else with the first value after which it does not hold.
 */
export function stepDetector(
  detector: Detector,
  around: Surroundings,
  machine: DetectorMachine | null,
  sample: Sample,
): DetectorMachine | null {
  const before = machine?.memory ?? null;
  const was = machine?.open ?? NONE;
  const { now } = around;
  const { memory, holds, changes, refused } = detector.step(before, sample, around);
  for (const reason of refused ?? []) around.refused(`${detector.id}-${reason}`, sample.cited);
  let open: Record<string, OpenEpisode> | undefined;
  const followed = (rule: StreamRule, found: Finding | undefined, at: number): void => {
    const old = (open ?? was)[rule.id];
    const next = follow(rule, around, old, found, sample, at);
    if (next === old) return;
    open ??= { ...was };
    if (next === undefined) delete open[rule.id];
    else open[rule.id] = next;
  };
  for (const change of changes ?? []) {
    const rule = detector.rules.find(({ id }) => id === change.rule);
    if (rule !== undefined) followed(rule, change.finding, change.finding === undefined ? change.at : now);
  }
  if (around.isAmid !== true) for (const rule of detector.rules) followed(rule, holds[rule.id], now);
  if (memory === before && open === undefined) return machine;
  if (memory === null && Object.keys(open ?? was).length === 0) return null;
  return { memory, open: open ?? was };
}

function follow(
  rule: StreamRule,
  around: Surroundings,
  old: OpenEpisode | undefined,
  found: Finding | undefined,
  { cited }: Sample,
  now: number,
): OpenEpisode | undefined {
  let finding = found;
  if (finding !== undefined && refusalOf(rule, around.person, now) !== null) {
    around.refused('outside-population');
    finding = undefined;
  }
  if (finding !== undefined)
    return old === undefined ? opened(cited, finding, now) : continued(old, cited, finding, now);
  if (old !== undefined && around.isWarmingUp === true) return old;
  if (old !== undefined) around.ended(rule, { ...old, end: Math.max(old.start, now), cleared: cited });
  return undefined;
}

function opened(cited: Sample['cited'], finding: Finding, now: number): OpenEpisode {
  const start = finding.since ?? now;
  return { start, first: cited, met: cited, worst: cited, rank: finding.rank, peak: finding.rank, finding };
}

function continued(open: OpenEpisode, cited: Sample['cited'], finding: Finding, now: number): OpenEpisode {
  // Values with equal times arrive one after another: the result at that time depends on all of them.
  const sameMoment = finding.since === undefined && now === open.start;
  const worse = isWorse(finding, open.finding) || (sameMoment && finding.rank >= open.rank);
  if (!worse && finding.rank === open.rank) return open;
  return {
    ...open,
    rank: finding.rank,
    peak: Math.max(open.peak, finding.rank),
    ...(worse ? { worst: cited, finding } : undefined),
  };
}

function isWorse(a: Finding, b: Finding | undefined): boolean {
  if (b === undefined || a.rank !== b.rank) return b === undefined || a.rank > b.rank;
  return a.weight > b.weight;
}
