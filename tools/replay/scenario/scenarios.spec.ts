import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { checkScenario } from './check-scenario.js';
import { readScenario } from './scenario.js';

const FOLDER = 'test/scenarios';
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const folder = mkdtempSync(join(tmpdir(), 'scenarios-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LOW = { at: '22:00', measure: 'glucose', unit: 'mg/dL', value: 40 };
const RAISED = { at: '22:00', rule: 'glucose-very-low', what: 'raised', severity: 'high' };

function scenario(changed: object) {
  const usual = { scenario: 'One glucose far below the limit', given: {}, when: [LOW], until: '22:05' };
  const path = join(folder, 'made.json');
  writeFileSync(path, JSON.stringify({ ...usual, then: { alerts: [RAISED] }, ...changed }));
  return readScenario(path);
}

const check = (changed: object) => checkScenario(DEFAULT_CATALOGUE, scenario(changed)).problems;

describe('the scenario', () => {
  it.each(FILES)('%s ends as it should', (file) => {
    const { problems, emitted } = checkScenario(DEFAULT_CATALOGUE, readScenario(join(FOLDER, file)));
    expect({ problems, emitted: problems.length > 0 && emitted }).toEqual({ problems: [], emitted: false });
  });
});

describe('a scenario that does not end as it should', () => {
  it('passes when all is right', () => {
    expect(check({})).toEqual([]);
  });

  it('lists an alert that was not expected, as it was emitted', () => {
    expect(check({ then: { alerts: [] } })).toEqual([
      'not expected: 22:00:00 · glucose-very-low · raised · high · Glucose 40 mg/dL at 22:00:00 UTC, below the default limit of 54 mg/dL.',
    ]);
  });

  it.each([
    [{ ...RAISED, at: '22:01' }, 'missing: 22:01:00 · glucose-very-low · raised · high'],
    [{ ...RAISED, severity: 'low' }, 'missing: 22:00:00 · glucose-very-low · raised · low'],
    [{ ...RAISED, because: 'worse' }, 'missing: 22:00:00 · glucose-very-low · raised · high · worse'],
    [{ ...RAISED, shows: 'limit of 70' }, 'missing: 22:00:00 · glucose-very-low · raised · high · limit of 70'],
  ])('lists an alert that is missing: %j', (alert, problem) => {
    expect(check({ then: { alerts: [alert] } })).toEqual([problem, expect.stringMatching(/^not expected: /)]);
  });

  it('lists a suppression that is missing', () => {
    const suppressed = [{ rule: 'glucose-low', because: 'deceased' }];
    expect(check({ then: { alerts: [RAISED], suppressed } })).toEqual(['not suppressed: glucose-low · deceased']);
  });
});

describe('a scenario that cannot be read', () => {
  it.each([
    [{ until: '25:00' }, '/until must be a time such as "22:05", "22:05:30" or "day 2 01:30"'],
    [{ when: [{ ...LOW, measure: 'sugar' }] }, '/when/0/measure Invalid option'],
    [{ when: [{ ...LOW, every: '5 minutes' }] }, '/when/0/every must be a duration such as "15 s", "5 min" or "2 h"'],
    [{ when: [{ at: '22:00' }] }, '/when/0 must have one of measure, act, monitoring, resource'],
    [{ when: [{ ...LOW, colour: 'red' }] }, '/when/0 Unrecognized key: "colour"'],
    [{ then: { alerts: [{ ...RAISED, severity: 'grave' }] } }, '/then/alerts/0/severity Invalid option'],
    [{ scenario: 'low' }, '/scenario must say in a sentence what happens and what is right'],
    [{ when: [{ ...LOW, value: 4000 }] }, '/when/0 glucose of 4000 mg/dL is outside the possible'],
    [{ when: [{ ...LOW, value: undefined, values: [40, 41] }] }, '/when/0 several values need every, such as "5 min"'],
    [{ when: [LOW, { at: '22:01', act: 'snooze', rule: 'news2' }] }, '/when/1 no alert of news2 to snooze'],
    [
      { given: { limits: [{ rule: 'glucose-low', limits: { below: 60 }, reason: 'x' }] } },
      '/given/limits/0 glucose-low: ',
    ],
  ])('says where and what would be right: %j', (changed, message) => {
    expect(() => check(changed)).toThrow(message);
  });
});
