import type { Pool, PoolClient } from 'pg';
import { twinKey, TOPICS, type ModelStatusRecord } from '#libs/contracts';
import type { Forecaster } from '#libs/domain/forecasting';
import { JUDGED_OVER_MS, judgeSkill, mergedTallies, unpackTally } from '#libs/domain/ledger';
import type { EventLog } from '#libs/platform/messaging';
import {
  claimDueBlocks,
  findTruths,
  inTransaction,
  standingsOf,
  unscoredForecasts,
  unsettledForecasts,
  writeBlocks,
  type BlockWrite,
  type DueBlock,
} from '#libs/platform/storage';
import { Rounds } from '../time/rounds.js';
import { scoreBlock, targetsOf, withUnscored, type OpenBlock } from './score-block.js';

export interface LedgerDeps {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'append'>;
  readonly forecasters: readonly Forecaster[];
  /** Pause between two rounds, ms. */
  readonly everyMs: number;
  readonly onLooked: (looked: Looked) => void;
  readonly onProblem: (error: unknown) => void;
}

/** What one round did. */
export interface Looked {
  readonly blocks: number;
  readonly settled: number;
  readonly statuses: readonly ModelStatusRecord[];
}

/** Blocks of one transaction, and transactions of one round: what a round costs is bounded, what is left waits for the next. */
const BLOCKS_AT_ONCE = 40;
const TRANSACTIONS = 10;
/** A model that this software does not know; another version may. */
const UNKNOWN_AGAIN_MS = 60 * 60_000;
/** Forecasts that are not scored, of one block at once. */
const UNSCORED_AT_ONCE = 2_000;

/**
 * Scores forecasts as their time comes, settles what cannot change any more, and writes to the log what follows for models: they are demoted, or come back. Beside the
 * stream, in short transactions; any number of engines may do it, each takes blocks that no other holds. A crash between append and commit says of a model what
 * its twin knows already, and changes nothing.
 */
export class Ledger {
  private readonly rounds: Rounds;

  constructor(private readonly deps: LedgerDeps) {
    const { everyMs, onProblem } = deps;
    this.rounds = new Rounds({ everyMs, onProblem, round: () => this.round() });
  }

  start(): void {
    this.rounds.start();
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  /** Looks at what is due, within the bounds of a round. */
  async round(): Promise<void> {
    for (let n = 0; n < TRANSACTIONS && !this.rounds.isStopped; n++) {
      const looked = await inTransaction(this.deps.pool, (client) => this.look(client));
      if (looked.blocks > 0) this.deps.onLooked(looked);
      if (looked.blocks < BLOCKS_AT_ONCE) return;
    }
  }

  private async look(client: PoolClient): Promise<Looked> {
    const { now, blocks } = await claimDueBlocks(client, BLOCKS_AT_ONCE);
    if (blocks.length === 0) return { blocks: 0, settled: 0, statuses: [] };
    const forecasts = await unsettledForecasts(client, blocks);
    const open: OpenBlock[] = [];
    const writes: BlockWrite[] = [];
    blocks.forEach((place, i) => {
      const output = this.outputOf(place);
      if (output === undefined) writes.push(left(place, forecasts[i]!.length, now));
      else open.push({ place, output, forecasts: forecasts[i]! });
    });
    const targets = open.map((one) => targetsOf(one, now));
    const found = await findTruths(client, targets.flat(), undefined);
    let from = 0;
    open.forEach((one, i) => {
      const to = from + targets[i]!.length;
      writes.push(scoreBlock(one, found.slice(from, to), now));
      from = to;
    });
    const all = await this.takeUnscored(client, writes, now);
    await writeBlocks(client, all);
    const changed = writes.filter(({ place, tally }) => !isSame(place.tally, tally)).map(({ place }) => place);
    const statuses = await this.judge(client, changed, now);
    return { blocks: blocks.length, settled: all.filter(({ dueAt }) => dueAt === null).length, statuses };
  }

  /** Blocks that are settled take over the forecasts that they do not score. */
  private async takeUnscored(
    client: PoolClient,
    writes: readonly BlockWrite[],
    now: number,
  ): Promise<readonly BlockWrite[]> {
    const settling = writes.filter(({ dueAt }) => dueAt === null);
    const others = await unscoredForecasts(
      client,
      settling.map(({ place }) => place),
      UNSCORED_AT_ONCE + 1,
    );
    const taken = new Map(
      settling.map((write, i) => {
        const some = others[i]!.slice(0, UNSCORED_AT_ONCE);
        return [write, withUnscored(write, some, others[i]!.length <= UNSCORED_AT_ONCE, now)] as const;
      }),
    );
    return writes.map((write) => taken.get(write) ?? write);
  }

  private outputOf({ model, code }: DueBlock) {
    return this.deps.forecasters.find(({ card }) => card.id === model)?.outputs.find((one) => one.code === code);
  }

  /** What follows for models whose scores changed. Rows stay locked until the log has it. */
  private async judge(
    client: PoolClient,
    changed: readonly DueBlock[],
    now: number,
  ): Promise<readonly ModelStatusRecord[]> {
    const places = [
      ...new Map(changed.map((one) => [`${one.tenant}/${one.twin}/${one.model}/${one.code}`, one])).values(),
    ].filter(({ model }) => this.isShown(model));
    const standings = await standingsOf(client, places, JUDGED_OVER_MS);
    const records = standings.flatMap(({ tallies, status }, i): ModelStatusRecord[] => {
      const verdict = judgeSkill(mergedTallies(tallies.map(unpackTally)), status);
      if (verdict === undefined) return [];
      const { tenant, patient, model, code } = places[i]!;
      const head = { v: 1, kind: 'model-status', tenant, patient, receivedAt: now } as const;
      return [{ ...head, status: { model, code, ...verdict } }];
    });
    if (records.length === 0) return records;
    await this.deps.log.append(
      records.map((record) => ({
        topic: TOPICS.patientInput,
        key: twinKey(record.tenant, 'patient', record.patient),
        value: JSON.stringify(record),
      })),
    );
    return records;
  }

  /** A model in shadow or a baseline is not shown to anybody: there is nothing to demote. */
  private isShown(model: string): boolean {
    return this.deps.forecasters.some(({ card }) => card.id === model && card.status === 'active');
  }
}

function left(place: DueBlock, forecasts: number, now: number): BlockWrite {
  const tally = place.tally ?? new Uint8Array();
  return { place, forecasts, tally, content: place.content, taken: [], dueAt: now + UNKNOWN_AGAIN_MS };
}

function isSame(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && Buffer.from(a).equals(Buffer.from(b));
}
