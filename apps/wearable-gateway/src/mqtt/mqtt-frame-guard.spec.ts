import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from '@jest/globals';
import { MqttFrameGuard } from './mqtt-frame-guard.js';
import { patientOfTopic } from './mqtt-topic.js';

/** A PUBLISH packet of this many bytes after its fixed header. */
function packet(length: number): Buffer {
  const header = [0x30];
  let rest = length;
  do {
    header.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
}

async function passed(bytes: Buffer, cut: number): Promise<number> {
  let count = 0;
  const chunks = Array.from({ length: Math.ceil(bytes.length / cut) }, (_, k) =>
    bytes.subarray(k * cut, (k + 1) * cut),
  );
  const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => ((count += chunk.length), done()) });
  await pipeline(chunks, new MqttFrameGuard(1_000), sink);
  return count;
}

describe('MqttFrameGuard', () => {
  it.each([1, 2, 3, 7, 64, 5_000])('passes packets up to the limit, cut every %d bytes', async (cut) => {
    const bytes = Buffer.concat([packet(0), packet(1), packet(127), packet(128), packet(1_000), packet(5)]);
    expect(await passed(bytes, cut)).toBe(bytes.length);
  });

  it.each([1, 5, 5_000])('ends at a packet over the limit, cut every %d bytes', async (cut) => {
    await expect(passed(Buffer.concat([packet(10), packet(1_001)]), cut)).rejects.toThrow('too large');
  });

  it('ends at a length that is not well formed', async () => {
    await expect(passed(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]), 9)).rejects.toThrow('malformed');
  });
});

describe('patientOfTopic', () => {
  it.each([
    ['homeostat/t1/patients/p-1.x/samples', { tenant: 't1', patient: 'p-1.x' }],
    ['homeostat/t1/patients/p1/samples/', undefined],
    ['homeostat/t1/patients//samples', undefined],
    ['homeostat//patients/p1/samples', undefined],
    ['homeostat/t1/patients/p 1/samples', undefined],
    ["homeostat/t1/patients/p1'/samples", undefined],
    ['homeostat/../patients/p1/samples\u0000', undefined],
    ['x/homeostat/t1/patients/p1/samples', undefined],
  ])('%s', (topic, expected) => {
    expect(patientOfTopic(topic)).toEqual(expected);
  });
});
