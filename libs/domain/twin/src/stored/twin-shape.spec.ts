import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { initialTwin } from '../state/initial-twin.js';
import { isTwinShaped } from './twin-shape.js';

const MACHINE = { memory: null, open: {} };
const RULE_MACHINE = { tiers: [], open: null };
const EPISODE = { n: 0, start: 1, end: null, rank: 2, peak: 2, status: 'open', sequence: 1, cites: [] };

/** A twin with one of everything that is looked into. */
const TWIN = {
  ...initialTwin(DEFAULT_CATALOGUE, 1, 'p1'),
  asOf: 5,
  measures: {
    1: { t: 5, latest: ['identity', 1, 5, 70, 0, 'gateway', 1], sent: 0, receivedAt: 6 },
    3: { t: 5, latest: null, sent: 0, receivedAt: 6 },
  },
  checks: { 1: { now: {}, grid: [-1, 0, 0], machines: [{}] }, 3: { now: null, grid: [], machines: [] } },
  detectors: {
    score: { now: MACHINE, grid: [0], machines: [MACHINE] },
    other: { now: null, grid: [], machines: [] },
  },
  rules: {
    rule: { now: RULE_MACHINE, grid: [0], machines: [RULE_MACHINE], count: 1, floor: null, episodes: [EPISODE] },
  },
  forecasting: {
    models: { model: { memory: null, outputs: { 9: { issuedAt: null, at: 5 } } } },
    parameters: { model: { version: 1, estimates: {} } },
    statuses: { 'model/9': { status: 'demoted' } },
  },
};

/** The twin with another value at this path; undefined: none. */
function withAt(path: string, value: unknown): object {
  const twin = structuredClone(TWIN) as object;
  const names = path.split('.');
  const parent = names
    .slice(0, -1)
    .reduce((part, name) => (part as Readonly<Record<string, unknown>>)[name] as object, twin);
  Object.assign(parent, { [names.at(-1)!]: value });
  return twin;
}

const NO_NUMBER = [undefined, null, '1'];
const NO_TIME = [undefined, '1', {}];
const NO_TEXT = [undefined, null, 1];
const NO_LIST = [undefined, null, {}, 'list'];
const NO_RECORD = [undefined, null, [], 'record', 1];

const PARTS: readonly (readonly [path: string, others: readonly unknown[]])[] = [
  ...['tenant', 'version', 'heard', 'moreFacts'].map((path) => [path, NO_NUMBER] as const),
  ...['asOf', 'forgotten'].map((path) => [path, NO_TIME] as const),
  ['patient', NO_TEXT],
  ...['acts', 'replaced'].map((path) => [path, NO_LIST] as const),
  ...['streams', 'tenantThresholds', 'thresholds', 'feedback', 'facts', 'timers', 'derived'].map(
    (path) => [path, NO_RECORD] as const,
  ),
  ...['measures', 'checks', 'detectors', 'rules'].map((path) => [path, NO_RECORD] as const),
  ...['measures.1', 'checks.1', 'detectors.score', 'rules.rule'].map((path) => [path, NO_RECORD] as const),
  ...['measures.1.t', 'measures.1.receivedAt'].map((path) => [path, NO_NUMBER] as const),
  ['measures.1.latest', [undefined, [], {}]],
  ...['checks.1', 'detectors.score', 'rules.rule'].flatMap(
    (path) =>
      [
        [`${path}.now`, [undefined, [], 'machine']],
        [`${path}.grid`, [...NO_LIST, [1], [0.5], ['0'], [null]]],
        [`${path}.machines`, [...NO_LIST, [null], [[]], [1]]],
      ] as const,
  ),
  ...['detectors.score.now', 'detectors.score.machines.0'].flatMap(
    (path) =>
      [
        [`${path}.memory`, [undefined]],
        [`${path}.open`, NO_RECORD],
      ] as const,
  ),
  ...['rules.rule.now.tiers', 'rules.rule.machines.0.tiers'].map((path) => [path, NO_LIST] as const),
  ['rules.rule.count', NO_NUMBER],
  ['rules.rule.floor', NO_TIME],
  ['rules.rule.episodes', [...NO_LIST, [null], [[]], [1]]],
  ...['n', 'start', 'rank', 'sequence'].map((name) => [`rules.rule.episodes.0.${name}`, NO_NUMBER] as const),
  ['rules.rule.episodes.0.end', NO_TIME],
  ['rules.rule.episodes.0.status', NO_TEXT],
  ['rules.rule.episodes.0.cites', NO_LIST],
  ['forecasting', [null, [], 'record']],
  ...['models', 'parameters', 'statuses'].map((name) => [`forecasting.${name}`, [null, [], 1]] as const),
  ...['models.model', 'parameters.model', 'statuses.model/9'].map(
    (path) => [`forecasting.${path}`, NO_RECORD] as const,
  ),
  ['forecasting.models.model.memory', [undefined]],
  ['forecasting.models.model.outputs', NO_RECORD],
  ['forecasting.models.model.outputs.9', NO_RECORD],
  ['forecasting.models.model.outputs.9.at', NO_NUMBER],
  ['forecasting.parameters.model.version', NO_NUMBER],
  ['forecasting.parameters.model.estimates', NO_RECORD],
  ['forecasting.statuses.model/9.status', NO_TEXT],
];

describe('the shape of a stored twin', () => {
  it('is that of a new twin, and of one with something of everything', () => {
    expect(isTwinShaped(initialTwin(DEFAULT_CATALOGUE, 1, 'p1'))).toBe(true);
    expect(isTwinShaped(TWIN)).toBe(true);
    expect(isTwinShaped(withAt('forecasting', {}))).toBe(true);
  });

  it.each(PARTS)('needs %s', (path, others) => {
    expect(others.filter((other) => isTwinShaped(withAt(path, other)))).toEqual([]);
  });
});
