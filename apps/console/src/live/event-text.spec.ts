import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventText } from './event-text.js';

const TEXT =
  'retry: 1000\n\n: heartbeat\n\nid: 1\nevent: patient\ndata: {"a":1}\n\nevent: heartbeat\ndata:x\ndata: y\n\nid: 2\r\ndata: é\r\n\r\n';
const EVENTS = [
  { id: '1', event: 'patient', data: '{"a":1}' },
  { id: undefined, event: 'heartbeat', data: 'x\ny' },
  { id: '2', event: 'message', data: 'é' },
];

describe('the text of an event stream', () => {
  it('is read as its events, wherever its pieces end', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(TEXT.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), TEXT.length];
        const reader = new EventText();
        const events = at.slice(1).flatMap((end, n) => reader.push(TEXT.slice(at[n], end)));
        expect(events).toEqual(EVENTS);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps an event that is not complete', () => {
    const reader = new EventText();
    expect(reader.push('data: a\n')).toEqual([]);
    expect(reader.push('\n')).toEqual([{ id: undefined, event: 'message', data: 'a' }]);
  });
});
