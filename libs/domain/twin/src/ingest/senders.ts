import { measureByNumber } from '#libs/domain/quantities';
import type { VitalState } from '#libs/domain/signal-quality';
import { isClosed, reopened } from '../alerts/alert-state.js';
import { NOTICED } from '../clocks/clocks.js';
import { merge, NO_CHANGES, type Changes } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import type { ClockState, UnitState } from '../state/sender-state.js';
import { NO_RULE_STATE } from '../time/fold.js';
import type { SenderRule } from '../rules/rule.js';
import { CLOCK_STEP, UNIT_DOUBTFUL } from './sender-rules.js';
import { round, span } from '../alerts/sentences.js';
import type { EpisodeState } from '../state/episode-state.js';
import { emitUnlessOff } from '../monitoring/switch-monitoring.js';
import { emit } from '../alerts/emit.js';

const MINUTE = 60_000;
/** A sender condition resolves after correct data for this long, and is dropped after a day without data. */
const RIGHT_FOR = 15 * MINUTE;
const FORGOTTEN_AFTER = 24 * 60 * MINUTE;
const EPISODES_KEPT = 4;
const UNITS_KEPT = 16;

/** Evaluates the rules about senders, by the log's own time. */
export function judgeSenders(draft: Draft): void {
  const clocks = judgeClocks(draft);
  merge(draft, clocks.changes);
  emitSenderAlert(draft, CLOCK_STEP, clocks.wrong);
  const units = judgeUnits(draft);
  merge(draft, units.changes);
  emitSenderAlert(draft, UNIT_DOUBTFUL, units.wrong);
}

/** What a stage finds wrong with the senders, in order of their names, and what of them is forgotten. */
interface Verdict {
  readonly wrong: readonly Wrong[];
  readonly changes: Changes;
}

const NOTHING_WRONG: Verdict = { wrong: [], changes: NO_CHANGES };

function judgeClocks({ base, clocks, now }: Pick<Draft, 'base' | 'clocks' | 'now'>): Verdict {
  const origins = Object.keys(clocks);
  if (origins.length === 0) return NOTHING_WRONG;
  const wrong: Wrong[] = [];
  const kept: Record<string, ClockState> = { ...clocks };
  let isNews = false;
  for (const origin of origins.sort()) {
    const clock = clocks[origin]!;
    const { told, rightSince, heard, since } = clock;
    const isRight = rightSince !== null && now - rightSince >= RIGHT_FOR;
    if (now - heard >= FORGOTTEN_AFTER) {
      delete kept[origin];
      isNews = true;
    } else if (told !== 0 && isRight) {
      if (clock.off === 0) delete kept[origin];
      else kept[origin] = { ...clock, told: 0 };
      isNews = true;
    } else if (Math.abs(told) > NOTICED) {
      const words = `${clock.source} is about ${span(Math.abs(told))} ${told > 0 ? 'ahead' : 'behind'}`;
      wrong.push({ words, since, isNew: Math.abs(base.clocks?.[origin]?.told ?? 0) <= NOTICED });
    }
  }
  return { wrong, changes: isNews ? { state: { clocks: kept }, isNews } : NO_CHANGES };
}

function judgeUnits(twin: Pick<Draft, 'base' | 'checks' | 'now' | 'units'>): Verdict {
  const { base, checks, now } = twin;
  let { units } = twin;
  for (const code of Object.keys(checks)) {
    const machine = checks[code]!.now;
    if (machine === null || checks[code] === base.checks[code]) continue;
    for (const source of Object.keys(machine)) {
      const state = machine[source]!;
      const before = base.checks[code]?.now;
      const isNew = before == null || !Object.hasOwn(before, source) || before[source] !== state;
      if (state.unit !== undefined && isNew) units = withUnit(units, Number(code), source, state, now);
    }
  }
  const keys = Object.keys(units);
  if (keys.length === 0) return NOTHING_WRONG;
  const wrong: Wrong[] = [];
  const kept: Record<string, UnitState> = { ...units };
  let isNews = false;
  for (const key of keys.sort()) {
    const { words, since, heard } = units[key]!;
    if (now - heard >= RIGHT_FOR && !isDoubted(checks, key, now - heard)) {
      delete kept[key];
      isNews = true;
    } else wrong.push({ words, since, isNew: !Object.hasOwn(base.units ?? {}, key) });
  }
  return { wrong, changes: { state: { units: kept }, isNews } };
}

function withUnit(
  units: Draft['units'],
  code: number,
  source: string,
  { x, heldX }: VitalState,
  now: number,
): Draft['units'] {
  const key = `${code}|${source}`;
  const known = units[key];
  const { title, unit } = measureByNumber(code)!;
  const words = `${title.toLowerCase()} from ${source}, ${round(x)} after ${round(heldX)} ${unit}`;
  const all = { ...units, [key]: { words: known?.words ?? words, since: known?.since ?? now, heard: now } };
  const keys = Object.keys(all).sort();
  if (keys.length <= UNITS_KEPT) return all;
  const { [keys.reduce((a, b) => (all[b]!.heard < all[a]!.heard ? b : a))]: _, ...rest } = all;
  return rest;
}

/** Whether the source's newest value is still doubted, and is not older than a day by the log's own time. */
function isDoubted(checks: Draft['checks'], key: string, silentFor: number): boolean {
  const at = key.indexOf('|');
  const machine = checks[key.slice(0, at)]?.now;
  const source = key.slice(at + 1);
  if (machine == null || !Object.hasOwn(machine, source) || machine[source]!.unit === undefined) return false;
  return silentFor < FORGOTTEN_AFTER;
}

interface Wrong {
  readonly words: string;
  readonly since: number;
  /** It was not wrong before this record. */
  readonly isNew: boolean;
}

/**
 * One episode per patient while any sender has the condition; amended without a page when the set of senders changes, but an acknowledgement
 * or snooze does not cover one that joins.
 */
function emitSenderAlert(draft: Draft, rule: SenderRule, wrong: readonly Wrong[]): void {
  const about = wrong.map(({ words }) => words);
  const state = draft.rules[rule.id] ?? NO_RULE_STATE;
  const last = state.episodes.at(-1);
  const open = last !== undefined && last.end === null ? last : undefined;
  if (open === undefined) {
    if (about.length === 0) return;
    const episode: EpisodeState = {
      n: state.count,
      start: Math.min(...wrong.map(({ since }) => since)),
      end: null,
      rank: 1,
      peak: 1,
      status: 'open',
      sequence: 0,
      last: 'raised',
      raisedAt: draft.record.receivedAt,
      cites: [],
      limit: null,
      about,
    };
    const episodes = [...state.episodes, emitUnlessOff(draft, rule, episode)].slice(-EPISODES_KEPT);
    draft.rules[rule.id] = { ...state, episodes, count: state.count + 1 };
    return;
  }
  if (about.length > 0 && about.join() === (open.about ?? []).join()) return;
  draft.changed = true;
  const isMore = wrong.some(({ isNew }) => isNew);
  const next = about.length === 0 ? ended(draft, rule, open) : changed(draft, rule, { ...open, about }, isMore);
  draft.rules[rule.id] = { ...state, episodes: [...state.episodes.slice(0, -1), next] };
}

function changed(draft: Draft, rule: SenderRule, next: EpisodeState, isMore: boolean): EpisodeState {
  if (isClosed(next.status) || next.muted !== undefined) return next;
  return isMore && next.status !== 'open'
    ? emit(draft, rule, reopened(next), 'raised', 'sources-changed')
    : emit(draft, rule, next, 'amended', 'sources-changed');
}

function ended(draft: Draft, rule: SenderRule, open: EpisodeState): EpisodeState {
  const { snoozedUntil: _, ...rest } = open;
  const over = { ...rest, end: Math.max(draft.now, open.start) };
  if (open.muted !== undefined) return { ...over, status: 'resolved' };
  return isClosed(open.status) ? over : emit(draft, rule, { ...over, status: 'resolved' }, 'resolved');
}
