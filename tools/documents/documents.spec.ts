import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { asyncapi } from './asyncapi.js';
import { modelPages } from './model-pages.js';
import { openapi } from './openapi.js';
import { ROUTES } from './routes/all-routes.js';

function kept(name: string): unknown {
  return JSON.parse(readFileSync(`docs/${name}`, 'utf8'));
}

/** What a reference `#/a/b` of the document leads to. */
function placeIn(document: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
}

/** When this fails: npm run docs */
describe('the generated documents', () => {
  it('docs/openapi.json is what the contracts say', () => {
    expect(kept('openapi.json')).toEqual(JSON.parse(JSON.stringify(openapi())));
  });

  it.each(['openapi.json', 'asyncapi.json'])('every reference of %s leads to a place in it', (name) => {
    const document = kept(name);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference = '']) => reference,
    );
    expect(references.length).toBeGreaterThan(5);
    expect([...new Set(references)].filter((reference) => placeIn(document, reference) === undefined)).toEqual([]);
  });

  it('every list is paged by limit and cursor', () => {
    const lists = ROUTES.filter(({ method, answer }) => {
      const shape = answer?.schema instanceof z.ZodObject ? answer.schema.shape : {};
      return method === 'get' && 'items' in shape && 'next' in shape;
    });
    expect(lists.length).toBeGreaterThan(15);
    const without = lists.filter(({ query }) => !('limit' in (query?.shape ?? {}) && 'cursor' in (query?.shape ?? {})));
    expect(without.map(({ path }) => path)).toEqual([]);
  });

  it('docs/models has a page for every card, as the card says, and no other', () => {
    const pages = Object.fromEntries(
      readdirSync('docs/models').map((name) => [name, readFileSync(`docs/models/${name}`, 'utf8')]),
    );
    expect(pages).toEqual(Object.fromEntries(modelPages()));
    for (const page of Object.values(pages)) expect(page).toContain('Research software, not a cleared device');
  });

  it('docs/asyncapi.json is what the contracts say', () => {
    expect(kept('asyncapi.json')).toEqual(JSON.parse(JSON.stringify(asyncapi())));
  });
});
