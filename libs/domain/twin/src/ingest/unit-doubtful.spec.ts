import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HOUR, MINUTE, series, T0, emittedBy, allEmittedBy, Ward } from '#libs/testing/ward';

const unitLines = (ward: Ward): string[] =>
  ward.outcomes.flatMap(allEmittedBy).filter((line) => line.startsWith('unit-doubtful'));

describe('a value in the wrong unit', () => {
  it('is emitted as technical, and raises one severity lower on evidence that says why', () => {
    const ward = new Ward();
    ward.send(series(GLUCOSE, T0, 5 * MINUTE, [376, 380, 380]));
    const lines = emittedBy(ward.send(series(GLUCOSE, T0 + HOUR, 5 * MINUTE, [21.3])));
    expect(lines).toContain('glucose-very-low raised medium open');
    expect(lines).toContain('unit-doubtful raised low open');
    const low = ward.alerts().find(({ rule }) => rule.id === 'glucose-very-low');
    expect(low?.evidence.at(-1)).toMatchObject({ quality: 'doubtful', qualityReasons: ['unit-doubtful'] });
    const technical = ward.alerts().find(({ rule }) => rule.id === 'unit-doubtful');
    expect(technical).toMatchObject({
      category: 'technical',
      summary: expect.stringContaining('glucose from gateway, 21.3 after 380 mg/dL'),
    });
  });

  it('is emitted once while it lasts, and does not become good by repetition', () => {
    const ward = new Ward();
    ward.send(series(GLUCOSE, T0, 5 * MINUTE, [376, 380, 380]));
    for (let i = 0; i < 24; i++) ward.send([{ c: GLUCOSE, t: T0 + HOUR + i * 5 * MINUTE, x: 21 + (i % 3) / 10 }]);
    expect(unitLines(ward)).toEqual(['unit-doubtful raised low open']);
    expect(ward.outcomes.flatMap(emittedBy).filter((line) => line.includes(' high '))).toEqual([]);
    for (let i = 0; i < 6; i++) ward.send([{ c: GLUCOSE, t: T0 + 3 * HOUR + i * 5 * MINUTE, x: 370 }]);
    expect(unitLines(ward)).toEqual(['unit-doubtful raised low open', 'unit-doubtful resolved low resolved']);
    expect(ward.state.units).toBeUndefined();
  });

  it('of values that come and go is one episode', () => {
    const ward = new Ward();
    for (let i = 0; i < 24; i++) ward.send([{ c: GLUCOSE, t: T0 + i * 5 * MINUTE, x: i % 2 === 0 ? 380 : 21 }]);
    expect(unitLines(ward)).toEqual(['unit-doubtful raised low open']);
  });
});

it('a true low is paged at full severity once another sensor sees it, or it moves as no other unit can', () => {
  const ward = new Ward();
  ward.send(series(GLUCOSE, T0, 5 * MINUTE, [376, 380, 380]));
  ward.send([{ c: GLUCOSE, t: T0 + HOUR, x: 24 }]);
  const lines = [31, 39].flatMap((x, i) =>
    emittedBy(ward.send([{ c: GLUCOSE, t: T0 + HOUR + (i + 1) * 5 * MINUTE, x }])),
  );
  expect(lines).toContain('glucose-very-low escalated high open');
});
