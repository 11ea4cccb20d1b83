import { describe, expect, it } from '@jest/globals';
import { isCoordinatorLost } from './coordinator-lost.js';

function named(name: string, cause?: Error): Error {
  return Object.assign(new Error('x', cause === undefined ? {} : { cause }), { name });
}

const lost = named('KafkaJSGroupCoordinatorNotFound');

describe('isCoordinatorLost', () => {
  it.each<[string, unknown, boolean]>([
    ['as it is', lost, true],
    ['wrapped by the retrier', named('KafkaJSNonRetriableError', lost), true],
    ['wrapped twice', named('KafkaJSNumberOfRetriesExceeded', named('KafkaJSNonRetriableError', lost)), true],
    ['another error', named('KafkaJSNonRetriableError', named('KafkaJSSASLAuthenticationError')), false],
    ['no error', undefined, false],
  ])('%s', (_, error, expected) => {
    expect(isCoordinatorLost(error)).toBe(expected);
  });
});
