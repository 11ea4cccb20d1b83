import { describe, expect, it } from '@jest/globals';
import { MODEL_IDS } from '#libs/domain/forecasting';
import { measureByName, measureByNumber } from '#libs/domain/quantities';
import { cardOf, FORECASTERS, MODEL_CARDS } from './registry.js';

describe('the registry of models', () => {
  it('has each model once, under an id that is fixed', () => {
    const ids = MODEL_CARDS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(MODEL_IDS).toContain(id);
  });

  it('finds every card by its id, and none by another', () => {
    for (const card of MODEL_CARDS) expect(cardOf(card.id)).toBe(card);
    for (const id of ['', '__proto__', 'glucose']) expect(cardOf(id)).toBeUndefined();
  });

  it('names only measures of the catalogue, in cards as in what a forecaster reads', () => {
    for (const { inputs, outputs } of MODEL_CARDS)
      for (const name of [...outputs, ...inputs.map(({ code }) => code)].filter((one) => one !== 'deterioration-risk'))
        expect([name, measureByName(name)?.name]).toEqual([name, name]);
    for (const { reads, outputs } of FORECASTERS) {
      for (const code of reads) expect(measureByNumber(code)).toBeDefined();
      for (const { code, outcome } of outputs)
        for (const read of outcome?.codes ?? [code]) expect(reads).toContain(read);
    }
  });

  it('has a page for every card', () => {
    for (const { id, page } of MODEL_CARDS) expect(page).toBe(`docs/models/${id}.md`);
  });

  it('has a model whose memory another reads before that other, and no outcome under a number of the catalogue', () => {
    FORECASTERS.forEach(({ memoryOf, outputs }, i) => {
      if (memoryOf !== undefined) expect(FORECASTERS.slice(0, i).map(({ card }) => card.id)).toContain(memoryOf);
      for (const { code, outcome } of outputs) expect(measureByNumber(code) === undefined).toBe(outcome !== undefined);
    });
  });

  it('lists the horizons of a forecaster in ascending order', () => {
    for (const { outputs } of FORECASTERS)
      for (const { minutes } of outputs) expect(minutes).toEqual(minutes.toSorted((a, b) => a - b));
  });
});
