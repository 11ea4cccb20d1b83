import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { asyncapi } from './asyncapi.js';
import { openapi } from './openapi.js';

function kept(name: string): unknown {
  return JSON.parse(readFileSync(`docs/${name}`, 'utf8'));
}

/** When this fails: npm run build && node dist/tools/generate-openapi.js && node dist/tools/generate-asyncapi.js */
describe('the generated documents', () => {
  it('docs/openapi.json is what the contracts say', () => {
    expect(kept('openapi.json')).toEqual(JSON.parse(JSON.stringify(openapi())));
  });

  it('docs/asyncapi.json is what the contracts say', () => {
    expect(kept('asyncapi.json')).toEqual(JSON.parse(JSON.stringify(asyncapi())));
  });
});
