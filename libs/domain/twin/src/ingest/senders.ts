import { measureByNumber } from '#libs/domain/quantities';
import type { VitalState } from '#libs/domain/signal-quality';
import { isClosed } from '../alerts/alert-state.js';
import { NOTICED } from '../clocks/clocks.js';
import type { Draft } from '../state/draft.js';
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
  judgeClocks(draft);
  judgeUnits(draft);
}

function judgeClocks(draft: Draft): void {
  const wrong: Wrong[] = [];
  for (const origin of Object.keys(draft.clocks).sort()) {
    const clock = draft.clocks[origin]!;
    const { told, rightSince, heard, since } = clock;
    const isRight = rightSince !== null && draft.now - rightSince >= RIGHT_FOR;
    if (draft.now - heard >= FORGOTTEN_AFTER) {
      delete draft.clocks[origin];
      draft.changed = true;
    } else if (told !== 0 && isRight) {
      if (clock.off === 0) delete draft.clocks[origin];
      else draft.clocks[origin] = { ...clock, told: 0 };
      draft.changed = true;
    } else if (Math.abs(told) > NOTICED) {
      const words = `${clock.source} is about ${span(Math.abs(told))} ${told > 0 ? 'ahead' : 'behind'}`;
      wrong.push({ words, since });
    }
  }
  emitSenderAlert(draft, CLOCK_STEP, wrong);
}

function judgeUnits(draft: Draft): void {
  for (const code of Object.keys(draft.checks)) {
    const now = draft.checks[code]!.now;
    if (now === null || draft.checks[code] === draft.base.checks[code]) continue;
    for (const source of Object.keys(now)) {
      const state = now[source]!;
      const before = draft.base.checks[code]?.now;
      const isNew = before == null || !Object.hasOwn(before, source) || before[source] !== state;
      if (state.unit !== undefined && isNew) noteUnit(draft, Number(code), source, state);
    }
  }
  const wrong: Wrong[] = [];
  for (const key of Object.keys(draft.units).sort()) {
    const { words, since, heard } = draft.units[key]!;
    if (draft.now - heard >= RIGHT_FOR && !isDoubted(draft, key)) {
      delete draft.units[key];
      draft.changed = true;
    } else wrong.push({ words, since });
  }
  emitSenderAlert(draft, UNIT_DOUBTFUL, wrong);
}

function noteUnit(draft: Draft, code: number, source: string, { x, heldX }: VitalState): void {
  const key = `${code}|${source}`;
  const known = draft.units[key];
  const { title, unit } = measureByNumber(code)!;
  const words = `${title.toLowerCase()} from ${source}, ${round(x)} after ${round(heldX)} ${unit}`;
  draft.units[key] = { words: known?.words ?? words, since: known?.since ?? draft.now, heard: draft.now };
  const keys = Object.keys(draft.units).sort();
  if (keys.length <= UNITS_KEPT) return;
  delete draft.units[keys.reduce((a, b) => (draft.units[b]!.heard < draft.units[a]!.heard ? b : a))];
}

/** Whether the source's newest value is still doubted, and is not older than a day by the log's own time. */
function isDoubted(draft: Draft, key: string): boolean {
  const at = key.indexOf('|');
  const now = draft.checks[key.slice(0, at)]?.now;
  const source = key.slice(at + 1);
  if (now == null || !Object.hasOwn(now, source) || now[source]!.unit === undefined) return false;
  return draft.now - draft.units[key]!.heard < FORGOTTEN_AFTER;
}

interface Wrong {
  readonly words: string;
  readonly since: number;
}

/** One episode per patient while any sender has the condition; amended without a page when the set of senders changes. */
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
  const next = about.length === 0 ? ended(draft, rule, open) : changed(draft, rule, open, about);
  draft.rules[rule.id] = { ...state, episodes: [...state.episodes.slice(0, -1), next] };
}

function changed(draft: Draft, rule: SenderRule, open: EpisodeState, about: readonly string[]): EpisodeState {
  const next = { ...open, about };
  return isClosed(open.status) || open.muted !== undefined
    ? next
    : emit(draft, rule, next, 'amended', 'sources-changed');
}

function ended(draft: Draft, rule: SenderRule, open: EpisodeState): EpisodeState {
  const { snoozedUntil: _, ...rest } = open;
  const over = { ...rest, end: Math.max(draft.now, open.start) };
  if (open.muted !== undefined) return { ...over, status: 'resolved' };
  return isClosed(open.status) ? over : emit(draft, rule, { ...over, status: 'resolved' }, 'resolved');
}
