import { describe, expect, it } from '@jest/globals';
import { levelModel, NOW, proposalCase, value } from '../proposal-case.fixture.js';
import { propose } from '../propose.js';
import { effectOf } from './effect.js';

describe('effectOf', () => {
  it('sets what was measured beside what was predicted, and leaves out what was not measured', () => {
    const suggestion = propose(proposalCase({ carbohydrates: 30 }), levelModel());
    if (suggestion.kind === 'refused' || suggestion.foreseen === null) throw new Error('nothing was foreseen');
    const values = [
      value('insulin-bolus', -2, 4.75),
      value('carbohydrate-intake', -3, 30),
      value('insulin-bolus', -100, 1),
      value('glucose', -29, 170, { source: 'sensor' }),
      value('glucose', -61, 300, { source: 'sensor' }),
    ];
    const effect = effectOf(suggestion.foreseen.scenario, 'proposed', values, NOW);
    expect(effect.points.map(({ minutes }) => minutes)).toEqual([15, 30, 60, 90, 120, 180, 240]);
    expect(effect.points.filter(({ seen }) => seen !== undefined)).toMatchObject([
      { minutes: 30, seen: 170, inside80: true },
      { minutes: 60, seen: 300, inside80: false },
    ]);
    expect(effect).toMatchObject({ arm: 'proposed', insulin: 4.75, carbohydrates: 30 });
  });

  it('goes on with the sensor where a meter was read last', () => {
    const suggestion = propose(proposalCase({ carbohydrates: 30 }), levelModel());
    if (suggestion.kind === 'refused' || suggestion.foreseen === null) throw new Error('nothing was foreseen');
    const course = [15, 30, 60].map((minutes) => value('glucose', -minutes, 170, { source: 'sensor' }));
    const values = [...course, value('glucose', -62, 90, { source: 'meter' })];
    const { points } = effectOf(suggestion.foreseen.scenario, 'proposed', values, NOW);
    expect(points.flatMap(({ minutes, seen }) => (seen === undefined ? [] : [[minutes, seen]]))).toEqual([
      [15, 170],
      [30, 170],
      [60, 170],
    ]);
  });
});
