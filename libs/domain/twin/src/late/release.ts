import { isCatchingUp, isWaiting, idleTimeout, TIMER } from './catch-up.js';
import { isDue, setTimer, type Draft } from '../state/draft.js';
import type { MeasureRule } from '../rules/rule.js';
import type { OpenEpisode, RuleState } from '../state/machine-state.js';
import { emitAll, type Shown } from '../alerts/emit-all.js';

/** Emits deferred alerts once their sender has been idle, if the condition still holds at the newest value. */
export function releaseHeld(draft: Draft): void {
  if (isDue(draft, TIMER)) release(draft);
}

/** The same before a record that comes after such a pause: what it brings is news, and not the end of what waited. */
export function releaseBefore(draft: Draft): void {
  if (draft.timers[TIMER] === undefined) return;
  const isIdle = Object.keys(draft.catchingUp).some((code) => !isCatchingUp(draft, Number(code)));
  if (isIdle) release(draft);
}

function release(draft: Draft): void {
  const shown: Shown[] = [];
  let next: number | null = null;
  for (const rule of draft.catalogue.rules) {
    if (rule.kind !== 'limit' && rule.kind !== 'stream') continue;
    const state = draft.rules[rule.id];
    if (state === undefined || !state.episodes.some(isWaiting)) continue;
    const open = openOf(draft, rule, state);
    if (open === undefined) continue;
    const codes = draft.catalogue.codesOf(rule);
    const newest = Math.max(...codes.map((code) => draft.measures[code]?.t ?? Number.NEGATIVE_INFINITY));
    const held = codes.some((code) => isCatchingUp(draft, code));
    if (held) next = draft.now + idleTimeout(draft);
    shown.push({
      rule,
      found: [{ ...open, end: null, cleared: null }],
      look: { since: null, newest, fresh: [], held },
    });
  }
  emitAll(draft, shown);
  setTimer(draft, TIMER, next);
}

/** What the rule's machine knows of the episode that goes on. */
function openOf(draft: Draft, rule: MeasureRule, { now }: RuleState): OpenEpisode | undefined {
  if (rule.kind === 'limit') return now?.open ?? undefined;
  const detector = draft.catalogue.detectorOf(rule);
  return detector === undefined ? undefined : draft.detectors[detector.id]?.now?.open[rule.id];
}
