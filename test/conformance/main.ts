// `npm run conformance -- --base http://localhost:3000/fhir/r4 --token …`: tries a server, prints a table, ends with 1 where one is not met.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Area } from './requirement.js';
import { run, table } from './run.js';
import type { SmartClient } from './server.js';

const { values } = parseArgs({
  options: {
    base: { type: 'string' },
    token: { type: 'string', default: '' },
    area: { type: 'string', multiple: true },
    id: { type: 'string', multiple: true },
    'smart-client': { type: 'string' },
    monitored: { type: 'string' },
  },
});
if (values.base === undefined) {
  console.error(
    'usage: npm run conformance -- --base URL [--token T] [--area A]… [--id ID]… [--smart-client FILE] [--monitored ID]',
  );
  process.exit(64);
}
const file = values['smart-client'];
const smartClient = file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as SmartClient);
const results = await run(
  {
    base: values.base.replace(/\/$/, ''),
    token: () => Promise.resolve(values.token),
    smartClient,
    monitored: values.monitored,
  },
  {
    ...(values.area === undefined ? {} : { areas: values.area as Area[] }),
    ...(values.id === undefined ? {} : { ids: values.id }),
  },
);
console.log(table(results));
process.exitCode = results.some(({ outcome }) => outcome === 'not met') ? 1 : 0;
