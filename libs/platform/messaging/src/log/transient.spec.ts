import { describe, expect, it } from '@jest/globals';
import { isTransient, surelyNotCommitted } from './transient.js';

function failure(code: string | undefined, message = 'x'): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

describe('isTransient', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '08006', '40001', '40P01', '53300', '57P01', '57014', '55P03'])(
    '%s is nobody’s fault',
    (code) => {
      expect(isTransient(failure(code))).toBe(true);
    },
  );
  it.each(['23505', '22021', '42P01', 'ERR_INVALID_ARG_TYPE'])('%s is', (code) => {
    expect(isTransient(failure(code))).toBe(false);
  });
  it('a prepared statement that a migration made stale is nobody’s fault, another feature that is not supported is', () => {
    expect(isTransient(failure('0A000', 'cached plan must not change result type'))).toBe(true);
    expect(isTransient(failure('0A000', 'cannot accept a value of type'))).toBe(false);
  });
  it('knows broken connections without a code, and groups of them', () => {
    expect(isTransient(failure(undefined, 'Connection terminated unexpectedly'))).toBe(true);
    expect(isTransient(new AggregateError([failure('ECONNREFUSED'), failure('ECONNREFUSED')]))).toBe(true);
    expect(isTransient(new AggregateError([failure('ECONNREFUSED'), failure('23505')]))).toBe(false);
    expect(isTransient(new TypeError('bug'))).toBe(false);
    expect(isTransient('text')).toBe(false);
  });
});

describe('surelyNotCommitted', () => {
  it('trusts the word of the server and a refused connection, nothing else', () => {
    expect(surelyNotCommitted(failure('57P01'))).toBe(true);
    expect(surelyNotCommitted(failure('ECONNREFUSED'))).toBe(true);
    expect(surelyNotCommitted(failure('ECONNRESET'))).toBe(false);
    expect(surelyNotCommitted(failure(undefined, 'Connection terminated unexpectedly'))).toBe(false);
  });
});
