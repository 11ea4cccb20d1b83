import { mkdirSync, writeFileSync } from 'node:fs';
import { modelPages } from './documents/model-pages.js';

// Run from the project's root: npm run build && node dist/tools/generate-model-pages.js
mkdirSync('docs/models', { recursive: true });
for (const [name, page] of modelPages()) writeFileSync(`docs/models/${name}`, page);
