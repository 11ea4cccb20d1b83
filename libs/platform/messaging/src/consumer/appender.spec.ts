import { describe, expect, it } from '@jest/globals';
import { Appender } from './appender.js';
import { LogFullError, type NewRecord } from '../log/event-log.js';

const record = (value: string): NewRecord => ({ topic: 't', key: 'k', value });

function appenderOf(lingerMs: number, limits: { maxRecords?: number; maxBytes?: number; limit?: number } = {}) {
  const batches: string[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  let offset = 0n;
  const appender = new Appender({
    lingerMs,
    maxRecords: limits.maxRecords ?? 10,
    maxBytes: limits.maxBytes ?? 1_000,
    limit: limits.limit ?? 100,
    write: async (records) => {
      batches.push(records.map(({ value }) => value));
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      return records.map(() => ({ topic: 't', partition: 0, offset: offset++ }));
    },
  });
  const opened = async (batch: number) => {
    while (gates[batch] === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    return gates[batch];
  };
  return { appender, batches, opened };
}

describe.each([0, 1])('Appender that lingers %d ms', (lingerMs) => {
  it('writes the calls of a moment together, then what came meanwhile, in order and never two batches at once', async () => {
    const { appender, batches, opened } = appenderOf(lingerMs);
    const one = appender.append([record('a'), record('b')]);
    const two = appender.append([record('c')]);
    const gate = await opened(0);
    const three = appender.append([record('d')]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(batches).toEqual([['a', 'b', 'c']]);
    gate.resolve();
    (await opened(1)).resolve();
    expect((await one).map((position) => position.offset)).toEqual([0n, 1n]);
    expect((await two).map((position) => position.offset)).toEqual([2n]);
    expect((await three).map((position) => position.offset)).toEqual([3n]);
    expect(batches).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('bounds a batch by records and by size, and does not wait when it is full', async () => {
    const { appender, batches, opened } = appenderOf(lingerMs, { maxRecords: 3, maxBytes: 50 });
    const calls = ['1', '2', '3', '4', 'x'.repeat(60), '5'].map((value) => appender.append([record(value)]));
    for (let i = 0; i < 4; i++) (await opened(i)).resolve();
    await Promise.all(calls);
    expect(batches.map((batch) => batch.map((value) => value.slice(0, 1)))).toEqual([
      ['1', '2', '3'],
      ['4'],
      ['x'],
      ['5'],
    ]);
  });

  it('refuses a call that does not fit, as a whole, and takes it later', async () => {
    const { appender, opened } = appenderOf(lingerMs, { limit: 3 });
    const taken = appender.append([record('a'), record('b')]);
    await expect(appender.append([record('c'), record('d')])).rejects.toBeInstanceOf(LogFullError);
    expect(appender.waiting).toBe(2);
    (await opened(0)).resolve();
    await taken;
    const later = appender.append([record('c'), record('d')]);
    (await opened(1)).resolve();
    expect(await later).toHaveLength(2);
    expect(appender.waiting).toBe(0);
  });

  it('rejects every call of a failed batch, continues, and close waits for what is in flight', async () => {
    const { appender, opened } = appenderOf(lingerMs);
    const failing = [appender.append([record('a')]), appender.append([record('b')])];
    (await opened(0)).reject(new Error('disk full'));
    for (const call of failing) await expect(call).rejects.toThrow('disk full');
    const last = appender.append([record('c')]);
    const closing = appender.close();
    await expect(appender.append([record('d')])).rejects.toThrow('closed');
    (await opened(1)).resolve();
    await closing;
    expect(await last).toHaveLength(1);
  });
});
