import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { demoSignIn } from './demo-sign-in.js';

describe('the sign-in that the demo prints', () => {
  it('is found wherever the output is cut, and what comes later is still taken', async () => {
    const output = new PassThrough({ highWaterMark: 16 });
    const asked = demoSignIn(output);
    for (const part of ['API http://h:1\nConsole http://h:1/cons', 'ole/  user demo, password ab', 'cd\nready\n'])
      output.write(part);
    expect(await asked).toEqual({ url: 'http://h:1', name: 'demo', password: 'abcd' });
    output.end('an alert, and what else the demo prints while the pictures are taken\n');
    await once(output, 'end');
    expect(output.readableLength).toBe(0);
    expect(output.errored).toBeNull();
  });

  it('is missed when the demo ends before', async () => {
    const output = new PassThrough();
    const asked = demoSignIn(output);
    output.end('no port is free\n');
    await expect(asked).rejects.toThrow('the demo ended before');
  });
});
