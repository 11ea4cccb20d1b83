import { writeFileSync } from 'node:fs';
import { asyncapi } from './documents/asyncapi.js';

// Run from the project's root: npm run build && node dist/tools/generate-asyncapi.js
writeFileSync('docs/asyncapi.json', `${JSON.stringify(asyncapi(), undefined, 2)}\n`);
