import { measureByNumber } from '#libs/domain/quantities';
import { drop, type Change, type Draft } from './draft.js';
import { tellEpisodes } from './episodes.js';
import { fold, machineBefore, NO_RULE_STATE } from './fold.js';
import { gridTimes, LATENESS_BOUND } from './grid.js';
import type { LimitRule } from './rule.js';
import { rulesOf } from './rules.js';
import type { Cited, MeasureState } from './state.js';
import type { Needs, StoredMeasurement } from './twin-port.js';

type Window = Needs['windows'][number];

/** What one record does to one measure. */
interface Effect {
  readonly code: number;
  /** New values in order, within the lateness bound. */
  readonly added: readonly Cited[];
  /** Identities of this record: their earlier versions no longer count. */
  readonly changed: ReadonlySet<string>;
  /** Earliest time at which the past is no longer what it was; null when all is newer than everything. */
  readonly dirty: number | null;
  readonly touchesLatest: boolean;
}

/** Brings measures and rules up to the record's new versions. Answers the windows that must be known first, if any. */
export function evaluate(draft: Draft): readonly Window[] {
  const missing: Window[] = [];
  for (const [code, changes] of byCode(draft.measurements)) {
    const effect = effectOf(draft, code, changes);
    const window = windowFor(draft, effect);
    if (window !== undefined && draft.memory.window(code, window.from) === undefined) missing.push(window);
    else if (missing.length === 0) take(draft, effect, window);
  }
  return missing;
}

function byCode(changes: readonly Change[]): ReadonlyMap<number, readonly Change[]> {
  const codes = new Map<number, Change[]>();
  const put = (code: number, change: Change): void => {
    const list = codes.get(code);
    if (list === undefined) codes.set(code, [change]);
    else list.push(change);
  };
  for (const change of changes) {
    put(change.code, change);
    if (change.replaces !== undefined && change.replaces.code !== change.code) put(change.replaces.code, change);
  }
  return codes;
}

function effectOf(draft: Draft, code: number, changes: readonly Change[]): Effect {
  const measure = draft.measures[code];
  const newest = measure?.t ?? null;
  const latest = measure?.latest ?? null;
  const added = new Map<string, Cited>();
  const changed = new Set<string>();
  let dirty: number | null = null;
  let touchesLatest = false;
  for (const change of changes) {
    const { replaces } = change;
    if (replaces !== undefined) {
      changed.add(change.identity);
      added.delete(change.identity);
      if (latest !== null && latest[0] === change.identity) touchesLatest = true;
      if (replaces.code === code && !replaces.retracted) dirty = earlier(dirty, inReach(draft, newest, replaces.t));
    }
    if (change.retracted || change.code !== code) continue;
    if (isAhead(change)) {
      drop(draft, 'ahead-of-receipt');
      continue;
    }
    const cited = cite(change);
    if (isNewest(measure, cited)) {
      added.set(change.identity, cited);
      continue;
    }
    if (replaces === undefined) draft.counts.late++;
    const at = inReach(draft, newest, change.t);
    if (at === null) continue;
    added.set(change.identity, cited);
    dirty = earlier(dirty, at);
  }
  return { code, added: [...added.values()].sort(inOrder), changed, dirty, touchesLatest };
}

/** The time itself when rules can still be re-evaluated from there, else null and counted. */
function inReach(draft: Draft, newest: number | null, t: number): number | null {
  if (newest === null || t >= newest - LATENESS_BOUND) return t;
  drop(draft, 'too-late-for-rules');
  return null;
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function isNewest(measure: MeasureState | undefined, cited: Cited): boolean {
  if (measure === undefined || cited[2] > measure.t) return true;
  const { latest } = measure;
  return cited[2] === measure.t && latest !== null && latest[2] === measure.t && inOrder(latest, cited) < 0;
}

function windowFor(draft: Draft, effect: Effect): Window | undefined {
  const measure = draft.measures[effect.code];
  if (measure === undefined) return undefined;
  const froms: number[] = [];
  if (effect.dirty !== null && rulesOf(effect.code).length > 0) {
    froms.push(machineBefore(NO_RULE_STATE, measure.t, effect.dirty).at);
  }
  // What is the latest value when the latest is taken away? Waveforms are too large to look back for.
  if (effect.touchesLatest && measureByNumber(effect.code)?.shape === 'value') froms.push(gridTimes(measure.t)[0]!);
  return froms.length === 0 ? undefined : { code: effect.code, from: Math.min(...froms) };
}

function take(draft: Draft, effect: Effect, window: Window | undefined): void {
  const { code, added, changed } = effect;
  const before = draft.measures[code];
  const beforeNewest = before?.t ?? null;
  const past = window === undefined ? undefined : draft.memory.window(code, window.from);
  const all = past === undefined ? added : merged(past, added, changed);
  const last = added.at(-1);
  const newest = last === undefined ? beforeNewest : Math.max(beforeNewest ?? last[2], last[2]);
  if (newest === null) return;
  const latest = effect.touchesLatest ? (all.at(-1) ?? null) : later(before?.latest ?? null, last);
  const receivedAt = latest === (before?.latest ?? null) ? (before?.receivedAt ?? 0) : receiptOf(draft, past, latest);
  draft.measures[code] = { t: newest, latest, receivedAt };
  draft.asOf = Math.max(draft.asOf ?? newest, newest);
  for (const rule of rulesOf(code)) follow(draft, rule, effect, beforeNewest, newest, all);
}

function later(latest: Cited | null, last: Cited | undefined): Cited | null {
  if (last === undefined) return latest;
  return latest === null || inOrder(latest, last) < 0 ? last : latest;
}

function receiptOf(draft: Draft, past: readonly StoredMeasurement[] | undefined, latest: Cited | null): number {
  if (latest === null) return 0;
  const known = past?.find((stored) => stored.identity === latest[0] && stored.version === latest[1]);
  return known?.receivedAt ?? draft.record.receivedAt;
}

function follow(
  draft: Draft,
  rule: LimitRule,
  effect: Effect,
  beforeNewest: number | null,
  newest: number,
  all: readonly Cited[],
): void {
  const before = draft.rules[rule.id] ?? NO_RULE_STATE;
  let machine = before.now;
  let from = beforeNewest;
  let samples = effect.added;
  let since: number | null = null;
  if (effect.dirty !== null && beforeNewest !== null) {
    const kept = machineBefore(before, beforeNewest, effect.dirty);
    if (before.floor !== null && kept.at < before.floor) {
      drop(draft, 'too-late-for-rules');
      samples = samples.filter((cited) => cited[2] > beforeNewest);
    } else {
      machine = kept.machine;
      from = kept.at;
      since = kept.at;
      samples = all.filter((cited) => cited[2] >= kept.at);
    }
  }
  const folded = fold(rule, draft.thresholds[rule.id], { machine, from, before, beforeNewest }, samples, newest);
  const quiet = folded.now === before.now && folded.found.length === 0 && before.episodes.length === 0;
  if (quiet && folded.grid.length === 0 && before === NO_RULE_STATE) return;
  const told = tellEpisodes(draft, rule, before, folded.found, since, newest);
  draft.rules[rule.id] = { now: folded.now, grid: folded.grid, machines: folded.machines, ...told };
}

/** The window as it is with this record, without what rules may not see. */
function merged(
  past: readonly StoredMeasurement[],
  added: readonly Cited[],
  changed: ReadonlySet<string>,
): readonly Cited[] {
  const kept: Cited[] = [];
  for (const stored of past) {
    if (changed.has(stored.identity) || isAhead(stored)) continue;
    kept.push(cite(stored));
  }
  return [...kept, ...added].sort(inOrder);
}

/** A clock so far ahead that all true values would be too late beside it. */
function isAhead({ t, receivedAt }: StoredMeasurement): boolean {
  return t > receivedAt + LATENESS_BOUND;
}

function cite(stored: StoredMeasurement): Cited {
  const x = stored.x ?? stored.series?.at(-1) ?? Number.NaN;
  return [stored.identity, stored.version, stored.t, x, stored.quality, stored.source];
}

/**
 * By time; at the same time (two devices) by value, quality and identity, so that the order follows from the values and moving
 * them all to another day changes nothing.
 */
function inOrder(a: Cited, b: Cited): number {
  if (a[2] !== b[2]) return a[2] - b[2];
  if (a[3] !== b[3]) return a[3] - b[3];
  if (a[4] !== b[4]) return a[4] - b[4];
  if (a[0] === b[0]) return 0;
  return a[0] < b[0] ? -1 : 1;
}
