import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { serveConsole } from './static-files.js';

describe('files of the console', () => {
  const root = mkdtempSync(join(tmpdir(), 'homeostat-console-'));
  const folder = join(root, 'console');
  let server: FastifyInstance;
  let url: string;

  beforeAll(async () => {
    writeFileSync(join(root, 'secret.txt'), 'secret');
    server = fastify({ routerOptions: { ignoreTrailingSlash: true } });
    serveConsole(server, folder);
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    await server.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('says that there are none before they are built', async () => {
    const answer = await fetch(`${url}/console/`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toContain('The console is not built here: run npm run build');
  });

  it('are index.html for every page, never kept, and the files with a hash for ever', async () => {
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Homeostat</title>');
    writeFileSync(join(folder, 'assets', 'index-a1b2.js'), 'export {};');
    writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    for (const path of [
      '/console',
      '/console/',
      '/console/patients/p1',
      '/console/patients/a.b',
      '/console/alerts?x=1',
    ]) {
      const answer = await fetch(url + path);
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    }
    const script = await fetch(`${url}/console/assets/index-a1b2.js`);
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const picture = await fetch(`${url}/console/favicon.svg`);
    expect([picture.headers.get('content-type'), picture.headers.get('cache-control')]).toEqual([
      'image/svg+xml',
      'no-cache',
    ]);
  });

  it('are sent in gzip to who takes it, where the build has made that', async () => {
    writeFileSync(join(folder, 'assets', 'index-a1b2.js.gz'), gzipSync('export {};'));
    for (const [accepted, encoding] of [
      ['gzip', 'gzip'],
      ['identity', null],
    ] as const) {
      const script = await fetch(`${url}/console/assets/index-a1b2.js`, { headers: { 'accept-encoding': accepted } });
      expect(await script.text()).toBe('export {};');
      expect(script.headers.get('content-encoding')).toBe(encoding);
      expect(script.headers.get('content-type')).toMatch(/javascript/);
      expect(script.headers.get('vary')).toMatch(/accept-encoding/i);
      expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });

  it('stand below /console/, with the slash', async () => {
    const answer = await fetch(`${url}/console`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/console/']);
  });

  it('are no page where a file of another build is asked for, and nothing outside their folder', async () => {
    expect((await fetch(`${url}/console/assets/index-old.js`)).status).toBe(404);
    for (const path of [
      '/console/..%2fsecret.txt',
      '/console/%2e%2e/secret.txt',
      '/console/assets/..%2f..%2f..%2fsecret.txt',
    ]) {
      const answer = await fetch(url + path);
      expect(await answer.text()).not.toBe('secret');
    }
  });
});
