import { stillAhead } from '../clocks/clocks.js';
import { stillBehind } from '../state/behind.js';
import type { Draft } from '../state/draft.js';
import type { Effect } from './effect.js';
import { fold, machineBefore, NOTHING_KEPT } from './fold.js';
import { gridTimes } from './grid.js';
import { measureByNumber } from '#libs/domain/quantities';
import { judgedAt } from '../clocks/placing.js';
import type { Sample } from '../rules/judged-sample.js';
import { inOrder, isExact, sampleOf } from '../ingest/sample.js';
import { check, isChecked } from '../machines/signal-checks.js';
import type { CheckMachine, Kept } from '../state/machine-state.js';
import type { MeasureState } from '../state/state.js';
import type { Cited } from '../state/cited.js';
import type { Judgement, Needs } from '../state/twin-port.js';

/** What came before a waveform that was withdrawn is looked for so far back, ms. */
const WAVE_LOOKED_FOR = 60_000;

/**
 * A patient's values as they are with this record, judged by the signal checks: the new ones, and as much of the past as a rule has
 * to see again. What is not in memory is asked for, and counts as empty until it is there.
 */
export class Past {
  private readonly wanted = new Map<number, number>();
  private readonly stretches: { readonly code: number; readonly from: number; readonly until: number }[] = [];
  private readonly found = new Map<string, readonly Sample[]>();
  /** New values by measure, judged. */
  private readonly judged = new Map<number, readonly Sample[]>();
  /** New versions that the signal checks judge otherwise than they were sent, by identity, and stored ones that they judge otherwise than before. */
  readonly verdicts = new Map<string, Cited>();
  readonly rejudged: Judgement[] = [];
  /** Stored values that were looked at again; a series counts as many as it has. */
  reread = 0;

  constructor(
    private readonly draft: Draft,
    private readonly effects: ReadonlyMap<number, Effect>,
  ) {}

  missing(): Needs['windows'] {
    return [...[...this.wanted].map(([code, from]) => ({ code, from })), ...this.stretches];
  }

  /** Takes the measure's new values through the signal checks; answers the judged ones, new and judged anew, in order. */
  take(effect: Effect): readonly Sample[] {
    const { code, added, dirty } = effect;
    const newestBefore = this.draft.base.measures[code]?.t ?? null;
    if (!isChecked(code)) return dirty === null || isWaveform(code) ? added : this.since(code, dirty);
    const before = this.kept(code);
    // Late values that wait are not judged before they are re-evaluated.
    const judged: Sample[] = effect.waits
      ? added.filter(({ cited }) => cited.t <= (newestBefore ?? Number.NEGATIVE_INFINITY))
      : [];
    const step = (machine: CheckMachine | null, sample: Sample): CheckMachine | null =>
      this.judge(machine, sample, judged);
    const start =
      dirty === null || newestBefore === null
        ? { at: newestBefore, machine: before.now }
        : machineBefore(before, newestBefore, dirty);
    const samples = dirty === null || newestBefore === null ? added.slice(judged.length) : this.raw(code, start.at!);
    const newest = Math.max(
      newestBefore ?? Number.NEGATIVE_INFINITY,
      added.at(-1)?.cited.t ?? Number.NEGATIVE_INFINITY,
    );
    if (!Number.isFinite(newest)) return judged;
    const folding = { machine: start.machine, from: start.at, before, beforeNewest: newestBefore };
    this.draft.checks[code] = fold(step, timeOf, folding, samples, newest);
    this.judged.set(code, dirty === null ? judged : newOf(judged, added));
    if (dirty !== null && newestBefore !== null) this.compare(effect, start.at!);
    return judged;
  }

  /** The measure's new values, judged. */
  fresh(code: number): readonly Sample[] {
    return this.judged.get(code) ?? this.effects.get(code)?.added ?? [];
  }

  /** New values that are newer than all before the record where late ones wait, else all that are new; judged. */
  onward(code: number): readonly Sample[] {
    const fresh = this.fresh(code);
    if (this.effects.get(code)?.waits !== true) return fresh;
    const newest = this.draft.base.measures[code]?.t ?? Number.NEGATIVE_INFINITY;
    return fresh.filter(({ cited }) => cited.t > newest);
  }

  /** The measure's newest value, judged; looked for nearby first, so that not a whole day is read for it. */
  newest(code: number): Sample | undefined {
    const { t } = this.draft.base.measures[code]!;
    if (isWaveform(code)) {
      return this.between(code, t - WAVE_LOOKED_FOR, Infinity)
        .toSorted((a, b) => inOrder(a.cited, b.cited))
        .at(-1);
    }
    const times = gridTimes(t);
    const near = this.since(code, times.at(-1)!);
    return near.length > 0 || this.wanted.has(code) ? near.at(-1) : this.since(code, times[0]!).at(-1);
  }

  /** All values of the measure from `from` on, judged. */
  since(code: number, from: number): readonly Sample[] {
    const newest = this.draft.base.measures[code]?.t;
    const effect = this.effects.get(code);
    if (effect === undefined && (newest === undefined || newest < from)) return [];
    const key = `${code}|${from}`;
    const known = this.found.get(key);
    if (known !== undefined) return known;
    const start =
      newest === undefined || !isChecked(code)
        ? { at: from, machine: null }
        : machineBefore(this.kept(code), newest, from);
    const judged: Sample[] = [];
    let machine: CheckMachine | null = start.machine;
    for (const sample of this.raw(code, start.at)) machine = this.judge(machine, sample, judged);
    const found = judged.filter(({ cited }) => cited.t >= from);
    this.found.set(key, found);
    return found;
  }

  /** Values of a waveform that begin from `from` to `until` (Infinity: to now), as they are with this record. */
  between(code: number, from: number, until: number): readonly Sample[] {
    const { draft } = this;
    const effect = this.effects.get(code);
    const newest = draft.base.measures[code]?.t;
    const stands = from - stillBehind(draft);
    const isOpen = until === Number.POSITIVE_INFINITY;
    const last = isOpen ? undefined : until + stillAhead(draft);
    const stored = newest === undefined || newest < from ? [] : draft.memory.window(code, stands, last);
    if (stored === undefined) {
      if (last === undefined) this.wanted.set(code, Math.min(this.wanted.get(code) ?? stands, stands));
      else this.stretches.push({ code, from: stands, until: last });
      return [];
    }
    const found: Sample[] = [];
    for (const one of stored) {
      const at = judgedAt(one);
      if (at === null || at < from || at > until || effect?.changed.has(one.identity) === true) continue;
      this.reread += one.series?.length ?? 1;
      found.push(sampleOf(one, at));
    }
    for (const sample of effect?.added ?? []) if (sample.cited.t >= from && sample.cited.t <= until) found.push(sample);
    return found;
  }

  /** When the record that brought this value was received, and its quality before the checks. */
  receiptOf(code: number, cited: Cited | null): Pick<MeasureState, 'receivedAt' | 'sent'> {
    if (cited === null) return { receivedAt: 0, sent: 0 };
    const from = cited.t - stillBehind(this.draft);
    const window = this.wanted.has(code) ? undefined : this.draft.memory.window(code, from);
    const known = window?.find((stored) => stored.identity === cited.identity && stored.version === cited.version);
    if (known !== undefined) return { receivedAt: known.receivedAt, sent: known.quality };
    const added = this.effects.get(code)?.added.find((sample) => sample.cited.identity === cited.identity);
    return { receivedAt: this.draft.record.receivedAt, sent: added?.cited.quality ?? cited.quality };
  }

  /** What stands in the store from `from` on and is judged otherwise now than it was. */
  private compare({ code, changed }: Effect, from: number): void {
    for (const stored of this.draft.memory.window(code, from - stillBehind(this.draft)) ?? []) {
      const { identity, version, t, judged: before } = stored;
      const verdict = this.verdicts.get(identity);
      if ((verdict === undefined && before === undefined) || changed.has(identity)) continue;
      const at = judgedAt(stored);
      if (at === null || at < from) continue;
      const quality = verdict?.quality ?? stored.quality;
      const reasons = verdict?.reasons ?? stored.reasons ?? [];
      const known = before ?? { quality: stored.quality, reasons: stored.reasons ?? [] };
      if (known.quality === quality && known.reasons.join() === reasons.join()) continue;
      this.rejudged.push({ identity, version, code, t, quality, reasons });
    }
  }

  private judge(machine: CheckMachine | null, sample: Sample, judged: Sample[]): CheckMachine | null {
    if (!isExact(sample.cited)) {
      judged.push(sample);
      return machine;
    }
    const checked = check(machine, sample);
    if (checked.cited === sample.cited) judged.push(sample);
    else {
      this.verdicts.set(checked.cited.identity, checked.cited);
      judged.push({ ...sample, cited: checked.cited });
    }
    return checked.machine;
  }

  private kept(code: number): Kept<CheckMachine> {
    return this.draft.base.checks[code] ?? NOTHING_KEPT;
  }

  /** Values as they are with this record, before the checks, in order; what is ahead of its receipt is left out. */
  private raw(code: number, from: number): readonly Sample[] {
    const effect = this.effects.get(code);
    const newest = this.draft.base.measures[code]?.t;
    // What is stored of a clock that was behind stands before the time at which it is judged.
    const stands = from - stillBehind(this.draft);
    const stored = newest === undefined || newest < from ? [] : this.draft.memory.window(code, stands);
    if (stored === undefined) {
      this.wanted.set(code, Math.min(this.wanted.get(code) ?? stands, stands));
      return [];
    }
    const kept: Sample[] = [];
    for (const one of stored) {
      this.reread += one.series?.length ?? 1;
      const at = judgedAt(one);
      if (at === null || at < from || effect?.changed.has(one.identity) === true) continue;
      kept.push(sampleOf(one, at));
    }
    for (const sample of effect?.added ?? []) if (sample.cited.t >= from) kept.push(sample);
    return kept.sort((a, b) => inOrder(a.cited, b.cited));
  }
}

/** Waveforms are never read back as a whole: `between` (docs/adr/0021). */
function isWaveform(code: number): boolean {
  return measureByNumber(code)?.shape === 'waveform';
}

function newOf(judged: readonly Sample[], added: readonly Sample[]): readonly Sample[] {
  const isNew = new Set(added.map(({ cited }) => cited.identity));
  return judged.filter(({ cited }) => isNew.has(cited.identity));
}

export function timeOf({ cited }: Sample): number {
  return cited.t;
}
