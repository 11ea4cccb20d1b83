import { draftOf } from '../state/draft.js';
import { initialTwin } from '../state/initial-twin.js';
import { createMemory } from '../time/memory.js';
import type { EpisodeState } from '../state/episode-state.js';
import { catalogueOf } from '../rules/catalogue.js';
import { TWIN_UNREADABLE } from '../ingest/sender-rules.js';
import type { UnreadableReason } from '../stored/read-twin.js';
import { emit } from './emit.js';
import type { TransitionChange } from '../state/twin-port.js';

/** A quarantined twin. `since` in ms; also the number of the episode, because no state can count. */
export interface UnreadableTwin {
  readonly tenant: number;
  readonly patient: string;
  readonly reason: UnreadableReason;
  readonly since: number;
}

const WORDS: Readonly<Record<UnreadableReason, string>> = {
  'not-json': 'it is truncated or damaged',
  malformed: 'parts are missing',
  'of-another-twin': 'it belongs to another twin, or to another state of this one',
  'newer-version': 'it was written by a newer version of the software',
  'older-version': 'it was written by a version of the software that is no longer supported',
};

/** The alert is about the stored twin: it needs no pack. */
const EQUIPMENT_ALONE = catalogueOf([]);

/**
 * The alert that a patient is not monitored because the stored twin cannot be read, and its end. Emitted whatever the patient's monitoring
 * is switched to: that is in what cannot be read.
 *
 * @param end ms; absent: it begins
 * @param sequence of the newest transition; 0 before the first
 */
export function unreadableTwin(
  { tenant, patient, reason, since }: UnreadableTwin,
  sequence: number,
  end?: number,
): TransitionChange {
  const receivedAt = end ?? since;
  const transition = end === undefined ? 'raised' : 'resolved';
  const twin = initialTwin(EQUIPMENT_ALONE, tenant, patient);
  const draft = draftOf(EQUIPMENT_ALONE, twin, { v: 1, kind: 'tick', tenant, patient, receivedAt }, createMemory());
  const episode: EpisodeState = {
    n: since,
    start: since,
    end: end ?? null,
    rank: 2,
    peak: 2,
    status: end === undefined ? 'open' : 'resolved',
    sequence,
    last: transition,
    raisedAt: since,
    cites: [],
    limit: null,
    about: [WORDS[reason]],
  };
  emit(draft, TWIN_UNREADABLE, episode, transition);
  return draft.transitions[0]!;
}
