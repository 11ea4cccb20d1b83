import { writeFileSync } from 'node:fs';
import { openapi } from './documents/openapi.js';

// Run from the project's root: npm run build && node dist/tools/generate-openapi.js
writeFileSync('docs/openapi.json', `${JSON.stringify(openapi(), undefined, 2)}\n`);
