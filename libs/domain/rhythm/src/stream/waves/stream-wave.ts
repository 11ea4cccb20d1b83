/**
 * Asystole, extreme rates, ventricular tachycardia and fibrillation from ECG as it comes, crossed with PPG and pressure waves, and the
 * class of each beat of one lead. One pure step per chunk of a channel; state of plain JSON under 22 kB: the last 17 s of two leads and
 * two pulse waves at a reduced rate, the forms of the patient's beats, counts of them, and what was emitted.
 *
 * Everything is judged once a second, at the end of the newest second that all live channels have; a channel more than 3 s behind
 * is not waited for. So the findings of one channel do not depend on how it is cut into chunks, nor do those of several in step.
 * A gap is never asystole: the channel begins anew, and says nothing until it has 5 s.
 */
import { byPreference, classBeats, type BeatClassState, type StreamBeat } from '../../ectopy/stream-beat-class.js';
import type { BeatWindow } from './stream-beats.js';
import {
  beginChannel,
  ECG_RATE,
  joins,
  newPart,
  refusalOfChunk,
  SECONDS,
  stepChannel,
  type ChannelState,
  type WaveChunk,
} from './stream-channel.js';
import { ecgEvidence, pulseEvidence, type Usual } from './stream-evidence.js';
import type { Refused, RhythmFinding } from '../stream-finding.js';
import { newestRun, type RunLead, type RunPulse, type StreamedRun } from './stream-run.js';
import {
  countVentricular,
  ventricularShare,
  type VentricularBeats,
  type VentricularCount,
} from '../../ectopy/stream-ventricular-count.js';
import { emit, type EmittedState } from './stream-emission.js';
import { verdicts, type Verdict, type WaveRule } from './stream-verdicts.js';

export interface WaveState {
  readonly channels: Readonly<Record<string, ChannelState>>;
  /** What is usual on each lead. */
  readonly usual: Readonly<Record<string, Usual>>;
  /** End of the newest second judged, ms; null before the first. */
  readonly judged: number | null;
  readonly told: Readonly<Partial<Record<WaveRule, EmittedState>>>;
  readonly classing: BeatClassState | null;
  readonly counted: VentricularCount | null;
}

export interface WaveStep {
  readonly state: WaveState;
  readonly findings: readonly RhythmFinding[];
  /** Beats that were classed by this chunk, oldest first: every beat once, whatever the chunks. */
  readonly beats: readonly StreamBeat[];
  /** What a ventricular run was judged on, once for each second that had one; accepted or not. */
  readonly runs: readonly StreamedRun[];
  readonly refusals: readonly Refused[];
}

const WINDOW_S = 14;
const BEHIND_MS = 3000;
/** A channel silent for longer makes room for another. */
const FORGOTTEN_MS = 60_000;
const MAX_OF_A_KIND = 2;
const NEW: WaveState = { channels: {}, usual: {}, judged: null, told: {}, classing: null, counted: null };

/** @param beatsAfter beats of seconds that end at or before this time (ms) are not classed: they were, by whoever goes on from there */
export function stepWave(state: WaveState | null, given: WaveChunk, beatsAfter: number | null = null): WaveStep {
  const before = state ?? NEW;
  const known = Object.hasOwn(before.channels, given.channel) ? before.channels[given.channel] : undefined;
  const refusal = refusalOfChunk(known, given) ?? (known || hasRoom(before, given) ? null : 'too-many-channels');
  const chunk = known === undefined || refusal !== null ? given : newPart(known, given);
  if (refusal !== null || chunk === null || chunk.samples.length === 0) {
    const reason = refusal ?? (chunk === null ? 'overlapping' : null);
    return {
      state: before,
      findings: [],
      beats: [],
      runs: [],
      refusals: reason === null ? [] : [{ reason, count: 1 }],
    };
  }
  const isChanged = known !== undefined && known.periodMs !== chunk.periodMs;
  const channel = known && joins(known, chunk) ? known : beginChannel(chunk);
  const gone = known === undefined ? leastOf(before, chunk) : null;
  const others = Object.entries(before.channels).filter(
    ([name, each]) => name !== chunk.channel && name !== gone && isKept(each, chunk),
  );
  let now: WaveState = { ...before, channels: Object.fromEntries(others) };
  const findings: RhythmFinding[] = [];
  const beats: StreamBeat[] = [];
  const runs: StreamedRun[] = [];
  const last = stepChannel(channel, chunk, (full) => {
    const step = judge({ ...now, channels: { ...now.channels, [chunk.channel]: full } }, beatsAfter);
    now = step.state;
    findings.push(...step.findings);
    beats.push(...step.beats);
    runs.push(...step.runs);
  });
  const channels = { ...now.channels, [chunk.channel]: last };
  return {
    state: {
      ...now,
      channels,
      usual: Object.fromEntries(Object.entries(now.usual).filter(([name]) => Object.hasOwn(channels, name))),
    },
    findings,
    beats,
    runs,
    refusals: [
      ...(isChanged ? [{ reason: 'rate-changed' as const, count: 1 }] : []),
      ...(chunk === given ? [] : [{ reason: 'overlapping' as const, count: 1 }]),
    ],
  };
}

/**
 * Whether the chunk comes too late to go on with: its channel has later ones, or its first whole second was judged without it. What
 * would be refused anyway is not late.
 */
export function isLate(state: WaveState | null, chunk: WaveChunk): boolean {
  if (state === null || chunk.samples.length === 0) return false;
  const known = Object.hasOwn(state.channels, chunk.channel) ? state.channels[chunk.channel] : undefined;
  const refusal = refusalOfChunk(known, chunk) ?? (known || hasRoom(state, chunk) ? null : 'too-many-channels');
  if (refusal !== null) return refusal === 'reversed' || refusal === 'duplicate';
  const begins = known !== undefined && joins(known, chunk) ? known.ended : Math.floor(chunk.t / 1000) * 1000;
  return state.judged !== null && begins + 1000 <= state.judged;
}

/** The state to begin with when the past is judged again: without a past, but with the beats that were classed and counted. */
export function beginAgain(state: WaveState | null): WaveState {
  return state === null ? NEW : { ...NEW, classing: state.classing, counted: state.counted };
}

function isKept({ until }: ChannelState, { t }: WaveChunk): boolean {
  return t - until <= FORGOTTEN_MS;
}

/** Whether a new channel is kept: there is room, or it is preferred to one that is there. */
function hasRoom(state: WaveState, chunk: WaveChunk): boolean {
  return alikeOf(state, chunk).length < MAX_OF_A_KIND || leastOf(state, chunk) !== null;
}

/** The channel that makes room for a new one: by name alone, so that it does not matter which came first. */
function leastOf(state: WaveState, chunk: WaveChunk): string | null {
  const alike = alikeOf(state, chunk);
  if (alike.length < MAX_OF_A_KIND) return null;
  const least = [...alike, chunk.channel].toSorted(byPreference).at(-1)!;
  return least === chunk.channel ? null : least;
}

function alikeOf({ channels }: WaveState, chunk: WaveChunk): readonly string[] {
  return Object.entries(channels).flatMap(([name, each]) =>
    (each.kind === 'ecg') === (chunk.kind === 'ecg') && isKept(each, chunk) ? [name] : [],
  );
}

/** Judges the newest second that all live channels have, if it is new. */
function judge(state: WaveState, beatsAfter: number | null): Omit<WaveStep, 'refusals'> {
  const all = Object.entries(state.channels).filter(([, { blocks }]) => blocks.length > 0);
  const newest = Math.max(...all.map(([, { ended }]) => ended));
  const live = all.filter(([, { ended }]) => newest - ended <= BEHIND_MS);
  const at = Math.min(...live.map(([, { ended }]) => ended));
  if (state.judged !== null && at < state.judged + 900) return { state, findings: [], beats: [], runs: [] };
  const leads: RunLead[] = [];
  const windows: BeatWindow[] = [];
  const pulses: RunPulse[] = [];
  // A map: a channel may be called `constructor`.
  const usual = new Map(Object.entries(state.usual));
  let isClean = true;
  for (const [name, channel] of live) {
    const { kind, blocks, ended, clean, began } = channel;
    const newer = Math.round((ended - at) / 1000);
    const end = blocks.length - newer;
    const window = blocks.slice(Math.max(0, end - WINDOW_S), Math.max(0, end));
    if (kind === 'ecg') {
      const step = ecgEvidence(window, usual.get(name) ?? null);
      if (step.usual) usual.set(name, step.usual);
      if (step.evidence === null) continue;
      leads.push({ evidence: step.evidence, samples: step.signal.samples });
      windows.push({
        lead: name,
        began,
        end: Math.round((ended * ECG_RATE) / 1000) - newer * ECG_RATE,
        ...step.signal,
      });
      if (clean < SECONDS) isClean = false;
    } else {
      const step = pulseEvidence(window);
      if (step) pulses.push(step);
    }
  }
  const told = { ...state.told };
  const findings: RhythmFinding[] = [];
  const run = newestRun(leads, pulses);
  if (leads.length > 0) {
    const [ecg, pulse] = [leads.map(({ evidence }) => evidence), pulses.map(({ evidence }) => evidence)];
    for (const [rule, verdict] of Object.entries(verdicts(ecg, pulse, run)) as Array<[WaveRule, Verdict]>) {
      const step = emit(rule, told[rule], verdict, at, isClean, pulses.length > 0);
      if (step.next) told[rule] = step.next;
      else delete told[rule];
      if (step.finding) findings.push(step.finding);
    }
  }
  const runs = run ? [run] : [];
  // Before the first lead can be judged nothing is, so a lead that comes a little later is not late.
  const judged = leads.length > 0 || state.judged !== null ? at : null;
  const next = { ...state, usual: Object.fromEntries(usual), judged, told };
  if (beatsAfter !== null && at <= beatsAfter) return { state: next, findings, beats: [], runs };
  const { state: classing, beats } = classBeats(state.classing, windows, at);
  const counted = countVentricular(state.counted, beats, at);
  return { state: { ...next, classing, counted }, findings, beats, runs };
}

/** Ventricular beats of the newest five minutes of classed beats. */
export function ventricularBeats(state: WaveState | null): VentricularBeats | { readonly refused: 'too-few-beats' } {
  return ventricularShare(state?.counted ?? null);
}
