import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { machine } from '../machine.js';
import { personalGlucose } from './personal.js';
import { streaming } from './streaming.js';
import { throughput } from './throughput.js';
import { vitalSigns } from './vital-signs.js';

/** `npm run bench:models`: what models cost, in one thread and without services. A model is one section; each gives its own lines. */
const SECTIONS: Readonly<Record<string, () => readonly string[]>> = {
  'personal-glucose': personalGlucose,
  'in the stream': streaming,
  'vital-forecast': vitalSigns,
};

const { values: options } = parseArgs({ options: { engine: { type: 'string' } } });

console.log(machine());
console.log(`load at the start ${loadavg()[0]!.toFixed(1)}`);
if (options.engine !== undefined) await throughput(Number(options.engine));
else
  for (const [title, lines] of Object.entries(SECTIONS)) for (const line of lines()) console.log(`${title}: ${line}`);
