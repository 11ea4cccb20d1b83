import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * Scripts, styles, fonts and pictures of this server only, no frame around it, no form but the one that signs in. Styles set by scripts
 * through the CSSOM are no inline styles.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT =
  'The console is not built here: run npm run build, which makes dist/console. The API under /v1 works without it.\n';
/** Names of files with a hash of their content. */
const HASHED = '/assets/';
const A_YEAR = 'public, max-age=31536000, immutable';

/** Where the build puts the console, wherever this code runs from (source or dist). */
export function consoleFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'dist', 'console');
}

/**
 * Serves the built console at `/console/`: files as they are, `index.html` for every page of it, and sends browsers there from `/`. The folder
 * may be built later.
 */
export function serveConsole(server: FastifyInstance, folder = consoleFolder()): void {
  const root = resolve(folder);
  // Not waited for: that would make all routes ready now, before Nest has set what answers their errors.
  void server.register(fastifyStatic, {
    root,
    serve: false,
    index: false,
    cacheControl: false,
    // The build puts a file in gzip beside each.
    preCompressed: true,
    suppressNonExistentRootDirWarning: true,
  } as never);
  server.get('/', (request, reply) => {
    if (acceptsHtml(request)) return reply.redirect('/console/', 302);
    return reply.callNotFound();
  });
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    // Files and pages of the console are named relative to it.
    if (/^\/console(\?|$)/.test(request.url)) return reply.redirect('/console/', 302);
    const path = pathOf(request);
    void reply.header('content-security-policy', POLICY);
    if (isFile(path) && existsSync(join(root, path))) {
      void reply.header('cache-control', path.startsWith(HASHED) ? A_YEAR : 'no-cache');
      return reply.sendFile(path.slice(1), root);
    }
    if (!existsSync(join(root, 'index.html')))
      return reply.code(503).type('text/plain; charset=utf-8').header('retry-after', '60').send(NOT_BUILT);
    // A page of an older build asks for files that are gone: that is no page of the console.
    if (path.startsWith(HASHED)) return reply.callNotFound();
    void reply.header('cache-control', 'no-store').type('text/html; charset=utf-8');
    return reply.send(await readFile(join(root, 'index.html'), 'utf8'));
  };
  server.get('/console', answer);
  server.get('/console/*', answer);
}

function acceptsHtml(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/html');
}

/** Below `/console`, decoded; always begins with a slash. */
function pathOf(request: FastifyRequest): string {
  const rest = (request.params as { readonly '*'?: string })['*'] ?? '';
  return `/${rest}`;
}

/** A name with an ending, and nothing that leads out of the folder. */
function isFile(path: string): boolean {
  return (
    /\.[A-Za-z0-9]+$/.test(path) &&
    !path.split('/').some((part) => part === '..' || part.startsWith('.')) &&
    !path.includes('\0')
  );
}
