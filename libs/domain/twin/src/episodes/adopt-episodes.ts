import type { Alert } from '#libs/contracts';
import { CATALOGUE } from '#libs/domain/quantities';
import { isClosed } from '../alerts/alert-state.js';
import { draftOf, finish, type Draft } from '../state/draft.js';
import { NO_RULE_STATE } from '../time/fold.js';
import { createMemory } from '../time/memory.js';
import { RANKS, type Rule } from '../rules/rule.js';
import type { Catalogue } from '../rules/catalogue.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { RuleState } from '../state/machine-state.js';
import type { TwinState } from '../state/state.js';
import type { Cited } from '../state/cited.js';
import { episodeId, emit } from '../alerts/emit.js';
import type { Applied } from '../state/twin-port.js';

/** An episode as the world knows it: what the store has of its newest transition. */
export interface EmittedAlert {
  readonly id: string;
  readonly rule: string;
  readonly closed: boolean;
  readonly sequence: number;
  readonly alert: Alert;
}

/** Ordinals beyond those that the twin knows which are tried for an id. */
const MAX_ORDINALS = 100_000;
/** With a twin that could not be read, its episodes of this rule are not the twin's. */
const OUTSIDE = new Set(['twin-unreadable']);

/**
 * A twin that was made anew takes over what was emitted of its patient before, so that no alert is forgotten, none is emitted twice and no
 * number is used again. What is open there stays open, as it was emitted and acted on; what the twin finds over is resolved, which is the only
 * thing that is emitted here. What the twin finds open and was never emitted is left to the next value, which raises it.
 *
 * @param alerts emitted episodes of the patient in the store
 * @param others ids of episodes that were numbered but not emitted, by rule
 * @throws Error when an open alert cannot be taken over: it must not be forgotten
 */
export function adoptEpisodes(
  catalogue: Catalogue,
  state: TwinState,
  alerts: readonly EmittedAlert[],
  others: readonly Pick<EmittedAlert, 'id' | 'rule'>[],
): Applied {
  const { tenant, patient, heard } = state;
  const draft = draftOf(catalogue, state, { v: 1, kind: 'tick', tenant, patient, receivedAt: heard }, createMemory());
  draft.changed = true;
  for (const rule of catalogue.rules) {
    if (OUTSIDE.has(rule.id)) continue;
    const of = <T extends { readonly rule: string }>(list: readonly T[]): readonly T[] =>
      list.filter((one) => one.rule === rule.id);
    const [emitted, numbered] = [of(alerts), of(others)];
    const before = draft.rules[rule.id];
    if (before === undefined && emitted.length === 0 && numbered.length === 0) continue;
    draft.rules[rule.id] = adopted(draft, rule, before ?? NO_RULE_STATE, emitted, numbered);
  }
  const unknown = alerts.find(
    (one) => !one.closed && !OUTSIDE.has(one.rule) && catalogue.ruleById(one.rule) === undefined,
  );
  if (unknown !== undefined)
    throw new Error(`there is an open alert of the rule ${unknown.rule}, which does not exist`);
  return finish(draft);
}

function adopted(
  draft: Draft,
  rule: Rule,
  before: RuleState,
  emitted: readonly EmittedAlert[],
  numbered: readonly Pick<EmittedAlert, 'id'>[],
): RuleState {
  const ordinals = ordinalsOf(draft.base, rule, before.count, [...emitted, ...numbered]);
  const rows = new Map(emitted.map((row) => [ordinals.get(row.id), row]));
  const episodes: EpisodeState[] = [];
  for (const episode of before.episodes) {
    const row = rows.get(episode.n);
    if (row !== undefined) episodes.push(asEmitted(draft, rule, episode, row));
    else if (episode.muted !== undefined || isClosed(episode.status)) episodes.push(episode);
  }
  for (const row of emitted) {
    if (row.closed || before.episodes.some(({ n }) => n === ordinals.get(row.id))) continue;
    const n = ordinals.get(row.id);
    if (n === undefined)
      throw new Error(`there is an open alert of the rule ${rule.id} that is not one of this patient`);
    episodes.push(fromAlert(n, row));
  }
  const count = Math.max(before.count, ...[...ordinals.values()].map((n) => n + 1));
  return { ...before, episodes: episodes.sort((a, b) => a.n - b.n), count };
}

/** Ordinals by id. An id that no ordinal gives is left out. */
function ordinalsOf(
  twin: TwinState,
  rule: Rule,
  count: number,
  rows: readonly Pick<EmittedAlert, 'id'>[],
): ReadonlyMap<string, number> {
  const wanted = new Set(rows.map(({ id }) => id));
  const found = new Map<string, number>();
  for (let n = 0; found.size < wanted.size && n < count + MAX_ORDINALS; n++) {
    const id = episodeId(twin, rule.id, n);
    if (wanted.has(id)) found.set(id, n);
  }
  return found;
}

function asEmitted(draft: Draft, rule: Rule, episode: EpisodeState, row: EmittedAlert): EpisodeState {
  const { status, raisedAt } = row.alert;
  if (episode.muted === undefined && row.sequence === episode.sequence && status === episode.status)
    return { ...episode, raisedAt: Date.parse(raisedAt) };
  const { muted: _, acknowledgedBy: _by, onBehalfOf: _person, snoozedUntil: _until, note: _note, ...rest } = episode;
  const emitted: EpisodeState = { ...rest, ...marksOf(row) };
  const isOver = isClosed(episode.status) || (episode.muted !== undefined && episode.end !== null);
  if (row.closed) {
    const { resolvedAt } = row.alert;
    return { ...emitted, end: episode.end ?? (resolvedAt === undefined ? draft.now : Date.parse(resolvedAt)) };
  }
  if (!isOver) return emitted;
  const transition = episode.status === 'retracted' ? 'retracted' : 'resolved';
  const { snoozedUntil: _snoozed, ...awake } = emitted;
  return emit(draft, rule, { ...awake, end: episode.end ?? draft.now, status: transition }, transition);
}

/** State of an episode as its last alert described it. */
function marksOf({
  sequence,
  alert,
}: EmittedAlert): Omit<EpisodeState, 'n' | 'start' | 'end' | 'rank' | 'peak' | 'cites' | 'limit'> {
  const { transition, reason, status, acknowledgedBy, onBehalfOf, snoozedUntil, note, severity } = alert;
  return {
    status,
    sequence,
    last: transition,
    raisedAt: Date.parse(alert.raisedAt),
    ...(reason === undefined ? undefined : { reason }),
    // Acts name the sequence that was seen: of an older one it is not known whether the severity has risen since.
    told: { rank: RANKS[severity], rose: sequence },
    ...(acknowledgedBy === undefined ? undefined : { acknowledgedBy }),
    ...(onBehalfOf === undefined ? undefined : { onBehalfOf }),
    ...(snoozedUntil === undefined ? undefined : { snoozedUntil: Date.parse(snoozedUntil) }),
    ...(note === undefined ? undefined : { note }),
  };
}

/** An open episode that the rebuilt twin knows nothing of: open until its measures say otherwise. */
function fromAlert(n: number, row: EmittedAlert): EpisodeState {
  const { alert } = row;
  const rank = RANKS[alert.severity];
  return {
    n,
    start: Date.parse(alert.effectiveAt),
    end: null,
    rank,
    peak: rank,
    cites: alert.evidence.map(citedOf),
    limit: null,
    ...(alert.resolvedAt === undefined ? undefined : { overAt: Date.parse(alert.resolvedAt) }),
    ...marksOf(row),
  };
}

function citedOf({ id, code, value, effectiveAt, source, quality, qualityReasons }: Alert['evidence'][number]): Cited {
  const [identity = id, version = '1'] = id.split('.');
  const number = CATALOGUE.find(({ name }) => name === code)?.number ?? 0;
  return {
    identity,
    version: Number(version),
    t: Date.parse(effectiveAt),
    x: value,
    quality: quality === 'good' ? 0 : quality === 'doubtful' ? 1 : 2,
    source,
    code: number,
    reasons: qualityReasons ?? [],
  };
}
