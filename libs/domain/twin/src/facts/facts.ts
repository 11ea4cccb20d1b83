import type { FactKind, WireFact } from '#libs/contracts';
import { uuidOf } from '#libs/domain/quantities';
import { NO_CHANGES, type Changes } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import { isActiveStay, withStays } from './stays.js';
import { personOf } from './person.js';
import { isAboutPregnancy } from './pregnancy.js';
import type { FactState, MonitoringState, TwinState } from '../state/state.js';
import type { FactChange } from '../state/twin-port.js';

/** Facts that a twin carries along; the rest is read from the store. Kinds in the order in which they are kept. */
const FACTS_KEPT = 24;
/** Facts left out of which the twin still knows the version; beyond it they are only counted. */
const LEFT_OUT_KEPT = 512;
const KINDS: readonly FactKind[] = [
  'demographics',
  'allergy',
  'condition',
  'medication',
  'encounter',
  'device',
  'report',
];

/**
 * Takes over facts. A version that is not newer than the one known is dropped and counted. The twin carries those that hold now
 * (no end, or an end after the newest the log has heard); every change goes to the store. Facts that change limits or monitoring are
 * carried before all others.
 *
 * @param now the log's own time, ms
 */
export function takeFacts(
  twin: Pick<Draft, 'facts' | 'leftOut' | 'moreFacts' | 'monitoring'>,
  facts: readonly WireFact[],
  now: number,
): Changes {
  if (facts.length === 0) return NO_CHANGES;
  const changes: FactChange[] = [];
  const dropped: string[] = [];
  const current = new Map(Object.entries(twin.facts));
  const leftOut = new Map(Object.entries(twin.leftOut));
  const before = new Map(current);
  for (const fact of facts) {
    const place = placeOf(fact.reference);
    const known = current.get(fact.reference)?.version ?? leftOut.get(place);
    if (known !== undefined && known >= fact.version) {
      dropped.push('fact-known');
      continue;
    }
    const span = {
      ...(fact.from === undefined ? undefined : { from: fact.from }),
      ...(fact.to === undefined ? undefined : { to: fact.to }),
    };
    const { version, content } = fact;
    const withdrawn = fact.withdrawn === true;
    changes.push({ kind: fact.fact, reference: fact.reference, version, content, withdrawn, ...span });
    leftOut.delete(place);
    if (!withdrawn && (fact.to === undefined || fact.to > now)) {
      current.set(fact.reference, { kind: fact.fact, version, content, ...span });
    } else {
      current.delete(fact.reference);
    }
  }
  const ordered = [...current].sort(byWeight);
  for (const [reference, { version }] of ordered.slice(FACTS_KEPT)) leftOut.set(placeOf(reference), version);
  const forgotten = Math.max(0, leftOut.size - LEFT_OUT_KEPT);
  const kept = Object.fromEntries(ordered.slice(0, FACTS_KEPT));
  const state = {
    moreFacts: twin.moreFacts + forgotten,
    leftOut: Object.fromEntries([...leftOut].slice(forgotten)),
    facts: kept,
    monitoring: withDeath(withStays(twin.monitoring, kept, { before, facts, now }), kept, now),
  };
  return { state, dropped, facts: changes, isNews: changes.length > 0 };
}

/** A short name of a reference: 48 bits of its hash, so that two of a patient's facts never share one in practice. */
function placeOf(reference: string): string {
  return uuidOf(`fact|${reference}`).replaceAll('-', '').slice(0, 12);
}

function withDeath(
  monitoring: MonitoringState | undefined,
  facts: TwinState['facts'],
  now: number,
): MonitoringState | undefined {
  const isDead = personOf(facts).deceased;
  const { deceasedSince, ...rest } = monitoring ?? {};
  if (isDead === (deceasedSince !== undefined)) return monitoring;
  return isDead ? { ...rest, deceasedSince: now } : rest;
}

/** Those that decide first; then by kind, within one the newest first. */
function byWeight([a, x]: [string, FactState], [b, y]: [string, FactState]): number {
  const weight = Number(decides(y)) - Number(decides(x));
  if (weight !== 0) return weight;
  const kind = KINDS.indexOf(x.kind) - KINDS.indexOf(y.kind);
  if (kind !== 0) return kind;
  const newest = (y.from ?? -Infinity) - (x.from ?? -Infinity);
  if (newest !== 0 && !Number.isNaN(newest)) return newest;
  return a < b ? -1 : 1;
}

/** Whether limits, who a rule refuses, or monitoring follow from it. */
function decides(fact: FactState): boolean {
  return fact.kind === 'demographics' || isAboutPregnancy(fact) || isActiveStay(fact);
}
