import { measureByNumber } from '#libs/domain/quantities';
import { derive } from '../machines/fold-derived.js';
import { merge } from '../state/changes.js';
import { drop, type Change, type Draft } from '../state/draft.js';
import { isHeldBack, noteLateness } from '../late/catch-up.js';
import type { Look } from '../episodes/look.js';
import { followDetector, followLimits, type Followed } from './follow.js';
import { followSettling } from './follow-settling.js';
import { LATENESS_BOUND } from './grid.js';
import { holdBack, settleLate } from '../late/late.js';
import { isWaveDue } from '../late/late-waves.js';
import { Past } from './past.js';
import { judgedAt } from '../clocks/placing.js';
import { refuseVersion } from '../ingest/refuse.js';
import { endOf, inOrder, judgedAs, sampleOf } from '../ingest/sample.js';
import { emitAll } from '../alerts/emit-all.js';
import type { Detector, LimitRule } from '../rules/rule.js';
import type { Sample } from '../rules/judged-sample.js';
import type { MeasureState } from '../state/state.js';
import type { Cited } from '../state/cited.js';
import type { Needs } from '../state/twin-port.js';
import type { Effect } from './effect.js';

/** Brings measures, signal checks and rules up to the record's new versions. Answers the windows that must be known first, if any. */
export function evaluate(draft: Draft): Needs['windows'] {
  const { catalogue } = draft;
  const own = new Map<number, Effect>();
  for (const [code, changes] of byCode(draft.measurements)) own.set(code, effectOf(draft, code, changes));
  for (const { code, added } of own.values()) {
    const last = added.at(-1);
    if (last !== undefined) merge(draft, noteLateness(draft, code, endOf(last)));
  }
  const { effects, changes } = holdBack(draft, own);
  merge(draft, changes);
  const past = new Past(draft, effects);
  const rules = new Set<LimitRule>();
  const detectors = new Set<Detector>();
  for (const effect of effects.values()) {
    takeMeasure(draft, effect, past);
    derive(draft, effect, past);
    for (const rule of catalogue.limitRulesOf(effect.code)) rules.add(rule);
    for (const detector of catalogue.detectorsOf(effect.code)) detectors.add(detector);
  }
  if (isWaveDue(draft)) for (const detector of catalogue.settling) detectors.add(detector);
  const followed = [
    ...[...rules].flatMap((rule) => followLimits(draft, rule, effects, past) ?? []),
    ...[...detectors].flatMap((detector) =>
      detector.settling === undefined
        ? followDetector(draft, detector, effects, past)
        : followSettling(draft, { ...detector, settling: detector.settling }, past),
    ),
  ];
  const missing = past.missing();
  if (missing.length === 0) {
    noteVerdicts(draft, past);
    emitAll(
      draft,
      followed.map((one) => ({ ...one, look: lookOf(draft, one, effects, past) })),
    );
    merge(draft, settleLate(draft.now, effects, past.reread));
  }
  return missing;
}

/** What is stored, shown and counted is what the signal checks judged. */
function noteVerdicts(draft: Draft, { verdicts, rejudged }: Past): void {
  draft.judgements.push(...rejudged);
  if (verdicts.size === 0) return;
  for (const change of draft.measurements) {
    const verdict = verdicts.get(change.identity);
    if (verdict?.version === change.version)
      change.judged = { quality: verdict.quality, reasons: verdict.reasons ?? [] };
  }
}

function lookOf(
  draft: Draft,
  { rule, codes, since, newest, touched }: Followed,
  effects: ReadonlyMap<number, Effect>,
  past: Past,
): Look {
  const fresh = rule.kind === 'limit' ? past.fresh(rule.codes[0]).map(({ cited }) => cited) : [];
  const brought = codes.filter((code) => effects.has(code));
  return {
    since,
    newest,
    fresh,
    held: isHeldBack(draft, brought.length === 0 ? codes.filter((code) => code in draft.catchingUp) : brought),
    judgedAgain: touched,
  };
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
  const onward = allOnward(code, measure, changes);
  if (onward !== undefined)
    return { code, added: onward, changed: NONE_CHANGED, dirty: null, touchesLatest: false, waits: false };
  const newest = measure?.t ?? null;
  const latest = measure?.latest ?? null;
  const added = new Map<string, Sample>();
  const changed = new Set<string>();
  let dirty: number | null = null;
  let touchesLatest = false;
  for (const change of changes) {
    const { replaces } = change;
    if (replaces !== undefined) {
      changed.add(change.identity);
      added.delete(change.identity);
      if (latest !== null && latest.identity === change.identity) touchesLatest = true;
      if (replaces.code === code && !replaces.retracted && replaces.judgedAt !== null)
        dirty = earlier(dirty, inReach(draft, newest, replaces.judgedAt));
    }
    if (change.retracted || change.code !== code) continue;
    const judged = judgedAt(change);
    if (judged === null) {
      refuseVersion(draft, change, 'ahead-of-receipt');
      continue;
    }
    const sample = sampleOf(change, judged);
    if (isNewest(measure, sample.cited)) {
      added.set(change.identity, sample);
      continue;
    }
    if (replaces === undefined) draft.counts.late++;
    if (!isInReach(newest, judged)) {
      refuseVersion(draft, change, TOO_LATE);
      continue;
    }
    added.set(change.identity, sample);
    dirty = earlier(dirty, judged);
  }
  const sorted = [...added.values()].sort((a, b) => inOrder(a.cited, b.cited));
  // A late waveform is judged again where it stands, not from there on.
  if (measureByNumber(code)?.shape === 'waveform') dirty = null;
  return { code, added: sorted, changed, dirty, touchesLatest, waits: false };
}

const NONE_CHANGED: ReadonlySet<string> = new Set();

/** The usual record: new values only, each later than the one before and than all before the record; undefined when it is not so. */
function allOnward(
  code: number,
  measure: MeasureState | undefined,
  changes: readonly Change[],
): readonly Sample[] | undefined {
  let last = measure?.t ?? Number.NEGATIVE_INFINITY;
  const samples: Sample[] = [];
  for (const change of changes) {
    const { replaces, retracted } = change;
    const at = judgedAt(change);
    if (at === null || !(at > last) || replaces !== undefined || retracted || change.code !== code) return undefined;
    last = at;
    samples.push(sampleOf(change, at));
  }
  return samples;
}

/** The time itself when rules can still be re-evaluated from there, else null and counted. */
function inReach(draft: Draft, newest: number | null, t: number): number | null {
  if (isInReach(newest, t)) return t;
  drop(draft, TOO_LATE);
  return null;
}

const TOO_LATE = 'too-late-for-rules';

function isInReach(newest: number | null, t: number): boolean {
  return newest === null || t >= newest - LATENESS_BOUND;
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function isNewest(measure: MeasureState | undefined, cited: Cited): boolean {
  if (measure === undefined || cited.t > measure.t) return true;
  const { latest, sent } = measure;
  if (cited.t !== measure.t || latest === null || latest.t !== measure.t) return false;
  return inOrder(asSent(latest, sent), cited) < 0;
}

function takeMeasure(draft: Draft, effect: Effect, past: Past): void {
  const { code, added } = effect;
  const before = draft.measures[code];
  const judged = past.take(effect);
  const last = added.at(-1)?.cited;
  const newest = last === undefined ? (before?.t ?? null) : Math.max(before?.t ?? last.t, last.t);
  if (newest === null) return;
  let latest = later(before, judged.at(-1)?.cited, added);
  if (effect.touchesLatest) latest = past.newest(code)?.cited ?? null;
  const same =
    latest !== null && latest.identity === before?.latest?.identity && latest.version === before.latest.version;
  const { receivedAt, sent } = same ? before! : past.receiptOf(code, latest);
  draft.measures[code] = { t: newest, latest, sent, receivedAt };
  // What is planned for later is known, and not yet how the person is.
  const known = Math.min(newest, draft.now);
  draft.asOf = Math.max(draft.asOf ?? known, known);
}

/** The newest, as they were sent, of what was latest and what was judged now; the same value may have been judged anew. */
function later(before: MeasureState | undefined, last: Cited | undefined, added: readonly Sample[]): Cited | null {
  const latest = before?.latest ?? null;
  if (last === undefined) return latest;
  if (latest === null || latest.identity === last.identity) return last;
  const sent = added.find(({ cited }) => cited.identity === last.identity)?.cited ?? last;
  return inOrder(asSent(latest, before!.sent), sent) < 0 ? last : latest;
}

function asSent(cited: Cited, quality: 0 | 1 | 2): Cited {
  return cited.quality === quality ? cited : judgedAs(cited, quality, cited.reasons);
}
