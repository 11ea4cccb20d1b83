import { afterAll, afterEach, beforeAll, describe, jest } from '@jest/globals';
import type { ContractAdapter, ContractRun } from './contract-run.js';
import { describeDelivery } from './delivery.contract.js';
import type { EventLog } from '#libs/platform/messaging';
import { describeMembers } from './members.contract.js';
import { describePlaces } from './places.contract.js';
import { describeTrouble } from './trouble.contract.js';

/** The contract of the port: one suite, run on every adapter. */
export function describeEventLog(
  name: string,
  createAdapter: () => Promise<ContractAdapter & { close(): Promise<void> }>,
): void {
  describe(`event log on ${name}`, () => {
    jest.setTimeout(30_000);
    let adapter: ContractAdapter & { close(): Promise<void> };
    let topics = 0;
    let opened: EventLog[] = [];
    const run = `${Date.now().toString(36)}`;

    beforeAll(async () => {
      adapter = await createAdapter();
    }, 60_000);
    afterAll(async () => adapter?.close(), 60_000);
    afterEach(async () => {
      await Promise.all(opened.map((log) => log.close()));
      opened = [];
    }, 60_000);

    const contractRun: ContractRun = {
      name,
      newTopic: () => `contract-${run}-${++topics}`,
      open: async (topic, options) => {
        const log = await adapter.open(topic, options);
        opened.push(log);
        return log;
      },
      sink: () => adapter.sink(),
      abandon: (log, consumer) => adapter.abandon(log, consumer),
    };
    for (const part of [describeDelivery, describePlaces, describeTrouble, describeMembers]) part(contractRun);
  });
}
