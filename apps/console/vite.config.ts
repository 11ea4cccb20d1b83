import { defineConfig } from 'vite';

/** Built into `dist/console`, where the twin API serves it from, at `/console/`. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
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
