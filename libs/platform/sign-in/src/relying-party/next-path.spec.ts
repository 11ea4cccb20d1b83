import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { nextPath } from './next-path.js';

describe('where a sign-in goes on to', () => {
  it.each([
    [undefined, '/console/'],
    ['', '/console/'],
    ['/console/', '/console/'],
    ['/console', '/console/'],
    ['/console/patients/p1?range=6h#chart', '/console/patients/p1?range=6h#chart'],
    ['/console/a/../alerts', '/console/alerts'],
  ])('is %j as %j', (asked, expected) => expect(nextPath(asked)).toBe(expected));

  it.each([
    'https://evil.example/console/',
    '//evil.example/console/',
    '/\\evil.example/',
    '/console/\\..\\evil',
    '/console/../v1/alerts',
    '/console/%2e%2e/v1',
    '/consolex/',
    'console/',
    '/console/\n',
    '/console/ x',
    `/console/${'a'.repeat(2_000)}`,
  ])('is nowhere for %j', (asked) => expect(nextPath(asked)).toBeUndefined());

  it('never leaves the console, whatever is asked', () => {
    const parts = fc.constantFrom(
      '/console/',
      '..',
      '/',
      '\\',
      '%2e',
      '%2f',
      '//',
      'evil.example',
      '@',
      ':',
      '?',
      '#',
      'a',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (chosen) => {
        const path = nextPath(chosen.join(''));
        if (path === undefined) return;
        const url = new URL(path, 'https://ward.example/console/callback');
        expect(url.origin).toBe('https://ward.example');
        expect(url.pathname.startsWith('/console/')).toBe(true);
      }),
      propertyRuns(2_000),
    );
  });
});
