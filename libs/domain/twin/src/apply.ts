import type { PatientInput, TickRecord, WireSample } from '#libs/contracts';
import { applyAct, endSnoozes } from './acts/acts.js';
import { releaseBefore, releaseHeld } from './late/release.js';
import { draftOf, finish, type Draft } from './state/draft.js';
import { escalateIgnored } from './policy/escalation.js';
import { evaluate } from './time/evaluate.js';
import { takeFacts } from './facts/facts.js';
import { forecast } from './forecasts/forecast.js';
import { takeParameters, takeStatus } from './forecasts/model-records.js';
import { merge } from './state/changes.js';
import { identify, senderOf } from './ingest/identify.js';
import { isLateDue } from './late/late.js';
import { isWaveDue } from './late/late-waves.js';
import type { Catalogue } from './rules/catalogue.js';
import { followOutage } from './silence/outages.js';
import { judgeSenders } from './ingest/senders.js';
import { judgeSilence } from './silence/silence.js';
import type { TwinState } from './state/state.js';
import { adoptStreams } from './ingest/streams.js';
import { switchMonitoring } from './monitoring/switch-monitoring.js';
import type { Applied, Memory, Needs } from './state/twin-port.js';

/**
 * Applies one record of a patient, in log order, with the rules of `catalogue`. Answers either what must be loaded into `memory` first (nothing is applied then),
 * or the new state with everything to write. What happens is decided per record, after all its samples in order of their time:
 * batches of records change nothing. Never throws for a record, and reads no clock: time is the record's `receivedAt`.
 */
export function apply(catalogue: Catalogue, state: TwinState, record: PatientInput, memory: Memory): Applied | Needs {
  return run(draftOf(catalogue, state, record, memory), record);
}

/**
 * The same for samples that are stored already and stand in no log any more: `identities` says under which identity each of them was stored,
 * because the sender's own identifiers are not kept. For making a twin anew from the tables.
 */
export function reapply(
  catalogue: Catalogue,
  state: TwinState,
  record: PatientInput,
  memory: Memory,
  identities: ReadonlyMap<WireSample, string>,
): Applied | Needs {
  return run({ ...draftOf(catalogue, state, record, memory), identities }, record);
}

function run(draft: Draft, record: PatientInput): Applied | Needs {
  releaseBefore(draft);
  const needs = take(draft, record);
  if (needs !== undefined) return needs;
  merge(draft, forecast(draft));
  switchMonitoring(draft);
  releaseHeld(draft);
  endSnoozes(draft);
  judgeSilence(draft);
  judgeSenders(draft);
  escalateIgnored(draft);
  return finish(draft);
}

function take(draft: Draft, record: PatientInput): Needs | undefined {
  switch (record.kind) {
    case 'samples':
      return takeSamples(draft, record.samples, senderOf(record));
    case 'clinical':
      merge(draft, takeFacts(draft, record.facts, draft.now));
      adoptStreams(draft, record);
      return takeSamples(draft, record.samples, senderOf(record));
    case 'act':
      applyAct(draft, record);
      return undefined;
    case 'model-parameters':
      merge(draft, takeParameters(draft, record));
      return undefined;
    case 'model-status':
      merge(draft, takeStatus(draft, record));
      return undefined;
    case 'tick':
      takeTick(draft, record);
      return isLateDue(draft) || isWaveDue(draft) ? follow(draft) : undefined;
  }
}

function takeTick(draft: Draft, { listeningSince, outage }: TickRecord): void {
  if (listeningSince !== undefined && listeningSince > (draft.listeningSince ?? 0))
    merge(draft, { state: { listeningSince }, isNews: true });
  if (outage !== undefined) followOutage(draft, outage);
}

function takeSamples(
  draft: Draft,
  samples: Parameters<typeof identify>[1],
  sender: Parameters<typeof identify>[2],
): Needs | undefined {
  const identities = identify(draft, samples, sender);
  if (identities.length > 0) return { kind: 'needs', identities, windows: [] };
  if (draft.measurements.length === 0 && !isLateDue(draft) && !isWaveDue(draft)) return undefined;
  return follow(draft);
}

function follow(draft: Draft): Needs | undefined {
  const windows = evaluate(draft);
  if (windows.length > 0) return { kind: 'needs', identities: [], windows };
  draft.counts.applied = draft.measurements.length;
  draft.changed = true;
  return undefined;
}
