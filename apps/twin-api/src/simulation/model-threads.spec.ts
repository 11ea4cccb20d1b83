import { describe, expect, it } from '@jest/globals';
import { run } from './model-threads.js';
import type { ModelTask } from './model-tasks.js';

const TASK = {
  kind: 'fit',
  request: {
    glucose: [],
    inputs: { boluses: [], basal: [], carbohydrates: [], exercise: [] },
    subject: { ageYears: 8, isPregnant: null, weightKg: null },
    fittedAt: 0,
    version: 1,
  },
} as const satisfies ModelTask;

describe('a task of a model', () => {
  it('is refused with a time to come again when too many wait, and taken before', async () => {
    const taken: unknown[] = [];
    const pool = (queueSize: number) => ({ queueSize, run: async (task: unknown) => void taken.push(task) });
    await run(pool(63), TASK);
    expect(taken).toEqual([TASK]);
    await expect(run(pool(64), TASK)).rejects.toMatchObject({
      status: 503,
      code: 'simulator-busy',
      headers: { 'retry-after': '2' },
    });
    expect(taken).toHaveLength(1);
  });

  it('is computed in this thread where there is no pool', async () => {
    expect(await run(undefined, TASK)).toMatchObject({ kind: 'refused', reason: 'outside-population' });
  });
});
