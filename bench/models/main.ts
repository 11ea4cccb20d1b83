import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { machine } from '../machine.js';
import { live } from './live.js';
import { personalGlucose } from './personal.js';
import { storedTwin } from './stored-twin.js';
import { streaming } from './streaming.js';
import { throughput } from './throughput.js';
import { vitalSigns } from './vital-signs.js';

/** `npm run bench:models`: what models cost, in one thread and without services; with `--engine` and `--live` with them (bench/README.md). A model is one section; each gives its own lines. */
const SECTIONS: Readonly<Record<string, () => readonly string[]>> = {
  'personal-glucose': personalGlucose,
  'in the stream': streaming,
  'vital-forecast': vitalSigns,
  'a twin after a day': storedTwin,
};

const { values: options } = parseArgs({
  options: {
    engine: { type: 'string' },
    live: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    every: { type: 'string', default: '10' },
  },
});

console.log(machine());
console.log(`load at the start ${loadavg()[0]!.toFixed(1)}`);
if (options.engine !== undefined) await throughput(Number(options.engine));
else if (options.live !== undefined) {
  const [people, seconds, every] = [options.live, options.seconds, options.every].map(Number) as [
    number,
    number,
    number,
  ];
  for (const line of await live({ people, seconds, every })) console.log(`live: ${line}`);
} else
  for (const [title, lines] of Object.entries(SECTIONS)) for (const line of lines()) console.log(`${title}: ${line}`);
