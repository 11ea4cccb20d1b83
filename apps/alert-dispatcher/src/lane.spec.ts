import { describe, expect, it } from '@jest/globals';
import type { Delivery } from '#libs/platform/webhooks';
import { dueMessages } from './lane.js';

function message(id: string, episode: string | null, nextAttemptAt: number): Delivery {
  return {
    message: id,
    episode,
    type: 'alert.raised',
    body: '{}',
    status: 'pending',
    attempts: 0,
    createdAt: 0,
    nextAttemptAt,
    finishedAt: null,
    lastStatus: null,
    lastError: null,
  };
}

describe('the messages a lane may send now', () => {
  it('takes the oldest of each episode', () => {
    const pending = [message('a1', 'a', 0), message('b1', 'b', 0), message('a2', 'a', 0)];
    expect(dueMessages(pending, 10).map((m) => m.message)).toEqual(['a1', 'b1']);
  });

  it('holds what follows a message that has to wait', () => {
    const pending = [message('a1', 'a', 99), message('a2', 'a', 0), message('b1', 'b', 0)];
    expect(dueMessages(pending, 10).map((m) => m.message)).toEqual(['b1']);
  });

  it('messages of no episode do not hold each other', () => {
    const pending = [message('t1', null, 99), message('t2', null, 0)];
    expect(dueMessages(pending, 10).map((m) => m.message)).toEqual(['t2']);
  });
});
