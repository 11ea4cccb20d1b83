import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** JavaScript that the ward needs before it is shown, as it goes over the wire, bytes. */
const MAX_ON_FIRST_LOAD = 300_000;
const FIRST_PAGE = /\/pages\/ward\/ward\.tsx$/;

/** Beside each file one in gzip, which the twin API serves to who takes it; refuses to build a first load that is too large. */
function compressed(): Plugin {
  const sizes = new Map<string, number>();
  return {
    name: 'compressed',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        const bytes = gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 });
        sizes.set(name, bytes.length);
        await writeFile(join(dir, `${name}.gz`), bytes);
      }
      const needed = new Set<string>();
      const need = (name: string): void => {
        const file = bundle[name];
        if (needed.has(name) || file?.type !== 'chunk') return;
        needed.add(name);
        file.imports.forEach(need);
      };
      for (const [name, file] of Object.entries(bundle))
        if (file.type === 'chunk' && (file.isEntry || FIRST_PAGE.test(file.facadeModuleId ?? ''))) need(name);
      const total = [...needed].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
      if (total > MAX_ON_FIRST_LOAD)
        this.error(
          `the ward needs ${total} bytes of JavaScript on first load, in gzip: more than ${MAX_ON_FIRST_LOAD}`,
        );
    },
  };
}

/** Built into `dist/console`, where the twin API serves it from, at `/console/`. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [compressed()],
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    // Nothing inline: the Content-Security-Policy allows files of this server only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    rolldownOptions: {
      // Libraries say which of their files are for a client; here all are.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/console/session': 'http://127.0.0.1:3000' } },
});
