import { stepDetector, type Surroundings } from '../machines/detector-machine.js';
import { merge } from '../state/changes.js';
import { drop, type Draft } from '../state/draft.js';
import { newestOf, surroundingsOf, type Followed } from './follow.js';
import { NOTHING_KEPT } from './fold.js';
import { dueSpans, settleWaves, type Span } from '../late/late-waves.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import type { Past } from './past.js';
import type { Detector, Settling } from '../rules/rule.js';
import type { Sample } from '../rules/judged-sample.js';
import { asOpen, settle, standingOf, type Standing, type Stretch } from '../episodes/settled-episodes.js';
import type { DetectorMachine, Kept, OpenEpisode } from '../state/machine-state.js';

type SettlingDetector = Detector & { readonly settling: Settling };

/** Maximum span that one record may have re-evaluated, ms: values scattered more widely cost more than they add. */
const MAX_JUDGED_AGAIN = 3_600_000;

/**
 * Follows a detector that settles (docs/adr/0021). Values that go on are taken as they come. A late, corrected or withdrawn value has its
 * surroundings judged again: begun `warmUpMs` before it without a past, and ended where nothing depends on it any more. The cost is in
 * proportion to what the record brings, whatever came since.
 */
export function followSettling(draft: Draft, detector: SettlingDetector, past: Past): readonly Followed[] {
  const { codes, rules, settling } = detector;
  const newest = newestOf(codes, draft.measures);
  if (newest === null) return [];
  const before: Kept<DetectorMachine> = draft.detectors[detector.id] ?? NOTHING_KEPT;
  const memory = before.now?.memory ?? null;
  const fresh = codes.flatMap((code) => past.fresh(code)).filter(isJudged);
  const late = fresh.filter((sample) => settling.isLate(memory, sample));
  const replaced = replacedSpans(draft, codes);
  const brought = late.reduce((sum, { series }) => sum + (series?.length ?? 0), replaced.length);
  const { spans, changes } = dueSpans(draft, [...late.map(spanOf), ...replaced], brought);
  merge(draft, changes);
  const inTime = fresh.filter((sample) => !late.includes(sample));
  if (spans.length === 0) return goOn(draft, detector, before.now, inTime, newest).filter(says(draft));

  const all = bounded(draft, detector, stretchesOf(spans, settling));
  const judged = settling.judged(memory);
  const toNow = all.findLast(({ until }) => judged === null || until >= judged);
  const standing = new Map(rules.map(({ id }) => [id, standingOf(draft.rules[id]?.episodes ?? [])]));
  let machine = before.now;
  for (const stretch of all) {
    const until = stretch === toNow ? Number.POSITIVE_INFINITY : stretch.until;
    const again = judgeAgain(draft, detector, memory, past, { from: stretch.from, until });
    for (const { id } of rules) standing.set(id, settle(standing.get(id)!, again.found.get(id)!, again));
    machine = { memory: stretch === toNow ? (again.machine?.memory ?? null) : memory, open: opened(standing, machine) };
  }
  merge(draft, settleWaves(draft.now, past.reread));
  return goOn(draft, detector, machine, toNow === undefined ? inTime : [], newest)
    .map((followed): Followed => {
      const own = standing.get(followed.rule.id)!;
      const emitted = draft.rules[followed.rule.id]?.episodes ?? [];
      const again = own.flatMap(({ episode, told: n }) => (n === null && episode.end !== null ? [episode] : []));
      const stays = new Set(own.map(({ told: n }) => n));
      const isOpen = followed.found.some(({ end }) => end === null);
      const touched = emitted.filter(
        ({ n, end, overAt }) => !stays.has(n) || end === null || (isOpen && overAt !== undefined),
      );
      const found = [...again, ...followed.found];
      return { ...followed, found, since: all[0]?.from ?? null, touched: new Set(touched.map(({ n }) => n)) };
    })
    .filter(says(draft));
}

/** Rules that have nothing to say leave no trace. */
function says({ rules }: Draft): (followed: Followed) => boolean {
  return ({ rule, found }) => found.length > 0 || rules[rule.id] !== undefined;
}

function goOn(
  draft: Draft,
  detector: SettlingDetector,
  start: DetectorMachine | null,
  samples: readonly Sample[],
  newest: number,
): readonly Followed[] {
  const found = new Map<string, FoundEpisode[]>(detector.rules.map(({ id }) => [id, []]));
  const around = surroundingsOf(draft, found);
  const machine = foldOn(detector, around, start, detector.settling.parts(samples));
  if (machine !== null) draft.detectors[detector.id] = { ...NOTHING_KEPT, now: machine };
  return detector.rules.map((rule) => {
    const open = machine?.open[rule.id];
    const own = found.get(rule.id)!;
    return {
      rule,
      codes: detector.codes,
      found: open === undefined ? own : [...own, { ...open, end: null, cleared: null }],
      since: null,
      newest,
    };
  });
}

/** The open episodes as they now stand; what was not judged again as the machine has it. */
function opened(
  standing: ReadonlyMap<string, readonly Standing[]>,
  machine: DetectorMachine | null,
): DetectorMachine['open'] {
  const open: Record<string, OpenEpisode> = {};
  for (const [id, own] of standing) {
    const last = own.find(({ episode }) => episode.end === null);
    const known = machine?.open[id];
    if (last === undefined) continue;
    if (last.told === null) open[id] = asOpen(last.episode);
    else if (known !== undefined) open[id] = known;
  }
  return open;
}

/** Bad values are not judged. */
function isJudged({ cited }: Sample): boolean {
  return cited.quality !== 2;
}

function spanOf({ cited, series, periodMs }: Sample): Span {
  return { from: cited.t, until: cited.t + (series?.length ?? 0) * (periodMs ?? 0) };
}

/** Where versions stood that are replaced or withdrawn. */
function replacedSpans(draft: Draft, codes: readonly number[]): readonly Span[] {
  return draft.measurements.flatMap(({ replaces }) => {
    if (replaces === undefined || replaces.retracted || replaces.judgedAt === null) return [];
    if (!codes.includes(replaces.code)) return [];
    return [{ from: replaces.judgedAt, until: replaces.judgedAt + replaces.lasts }];
  });
}

/** What has to be judged again, in order of time; neighbours that share their warm-up as one. */
function stretchesOf(spans: readonly Span[], { afterMs, warmUpMs }: Settling): readonly Span[] {
  const all: Span[] = [];
  for (const { from, until } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    const end = until + afterMs;
    if (last === undefined || from - warmUpMs > last.until) all.push({ from, until: end });
    else all[all.length - 1] = { from: last.from, until: Math.max(last.until, end) };
  }
  return all;
}

/**
 * The newest stretches that may be judged again with one record, none of them of a time whose episodes are forgotten. What is left out is
 * counted.
 */
function bounded(draft: Draft, { id, rules, settling }: SettlingDetector, all: readonly Span[]): readonly Span[] {
  const floor = Math.max(...rules.map((rule) => draft.rules[rule.id]?.floor ?? Number.NEGATIVE_INFINITY));
  let left = MAX_JUDGED_AGAIN;
  const kept = all.toReversed().filter(({ from, until }, i) => {
    left -= until - from + settling.warmUpMs;
    const isKnown = from - settling.goneMs >= floor;
    if (isKnown && (i === 0 || left >= 0)) return true;
    drop(draft, isKnown ? `${id}-too-scattered` : 'too-late-for-rules');
    return false;
  });
  return kept.reverse();
}

function judgeAgain(
  draft: Draft,
  detector: SettlingDetector,
  memory: unknown,
  past: Past,
  { from, until }: Span,
): Stretch & { readonly found: ReadonlyMap<string, FoundEpisode[]>; readonly machine: DetectorMachine | null } {
  const { codes, rules, settling } = detector;
  const begin = from - settling.warmUpMs;
  const values = codes.flatMap((code) => past.between(code, begin - settling.longest(memory), until)).filter(isJudged);
  const seen = settling.parts(values).filter((part) => endOf(part) > begin && startOf(part) <= until);
  const found = new Map<string, FoundEpisode[]>(rules.map(({ id }) => [id, []]));
  // What it refuses was refused and counted when it came.
  const around = surroundingsOf(draft, found, () => undefined);
  const machine = foldOn(detector, around, { memory: settling.begin(memory), open: {} }, seen);
  for (const { id } of rules) {
    const open = machine?.open[id];
    if (open !== undefined) found.get(id)!.push({ ...open, end: null, cleared: null });
  }
  return { from, until, sure: from - settling.onsetMs, goneMs: settling.goneMs, found, machine };
}

function startOf({ cited, part }: Sample): number {
  return part?.t ?? cited.t;
}

function endOf(sample: Sample): number {
  return startOf(sample) + (sample.part?.series ?? sample.series ?? []).length * (sample.periodMs ?? 0);
}

function foldOn(
  detector: SettlingDetector,
  around: Surroundings,
  start: DetectorMachine | null,
  parts: readonly Sample[],
): DetectorMachine | null {
  let machine = start;
  for (const sample of parts) {
    around.now = Math.max(around.now, sample.cited.t);
    machine = stepDetector(detector, around, machine, sample);
  }
  return machine;
}
