import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { TOPICS } from '#libs/contracts';
import { requireAgreement } from '#libs/platform/messaging';
import type { Platform } from '#libs/platform/runtime';
import { CATALOGUE } from './catalogue.js';
import { GROUP, OFFSETS } from './group.js';
import { Ledger } from './ledger/ledger.js';
import { createMeter } from './meter.js';
import { startPipeline, type Pipeline } from './pipeline.js';
import { QuarantineWatch } from './quarantine/quarantine-watch.js';
import { StaleReplay } from './replay-stale.js';
import { Ticker } from './time/ticker.js';
import { Maintenance } from './maintenance.js';
import { warmUp } from './warm-up.js';

const TICK_EVERY_MS = 500;
const TICKS_PER_ROUND = 500;
const KEEP_LOG_DAYS = 7;
const LEDGER_EVERY_MS = 5_000;

/** Starts and stops the engine with the process. */
class TwinEngine implements OnApplicationBootstrap, OnApplicationShutdown {
  private pipeline: Pipeline | undefined;
  private readonly ticker: Ticker;
  private readonly maintenance: Maintenance;
  private readonly ledger: Ledger;
  private readonly quarantine: QuarantineWatch;
  private readonly staleReplay: StaleReplay;
  private readonly meter;

  constructor(private readonly platform: Platform) {
    const { pool, log, logger, metrics, config } = platform;
    this.meter = createMeter(metrics);
    this.ticker = new Ticker({
      pool,
      log,
      everyMs: TICK_EVERY_MS,
      maxPerRound: TICKS_PER_ROUND,
      onTicks: (count) => this.meter.ticks(count),
      onProblem: (error) => logger.warn({ err: error }, 'a round of ticks failed'),
    });
    this.maintenance = new Maintenance({
      pool,
      retention: config.retention,
      keepLogDays: config.kafkaBrokers === undefined ? KEEP_LOG_DAYS : undefined,
      now: Date.now,
      onRemoved: (kind, rows) => this.meter.removed(kind, rows),
      onDone: (done) => logger.debug(done, 'maintenance done'),
      onProblem: (error) => logger.warn({ err: error }, 'maintenance failed'),
    });
    this.ledger = new Ledger({
      pool,
      log,
      forecasters: CATALOGUE.forecasters,
      everyMs: LEDGER_EVERY_MS,
      onLooked: (looked) => {
        this.meter.looked(looked);
        for (const { tenant, status } of looked.statuses) {
          const { model, code, status: becomes, skill, n } = status;
          logger.info({ tenant, model, code, status: becomes, skill, n }, 'a model is demoted for a person, or back');
        }
      },
      onProblem: (error) => logger.warn({ err: error }, 'a round of the prediction ledger failed'),
    });
    this.quarantine = new QuarantineWatch({
      pool,
      catalogue: CATALOGUE,
      onCount: (twins) => this.meter.quarantined(twins),
      onReleased: ({ tenant, key }) => logger.info({ tenant, twin: key }, 'a twin can be read again'),
      onProblem: (error) => logger.warn({ err: error }, 'the quarantine was not looked through'),
    });
    this.staleReplay = new StaleReplay({
      pool,
      log,
      onReplayed: (records) => logger.info({ records }, 'dead letters of an earlier version were replayed'),
      onProblem: (error) => logger.warn({ err: error }, 'dead letters of an earlier version were not replayed'),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { pool, log, hot, logger, readiness, databaseUrl } = this.platform;
    await requireAgreement(pool, log, OFFSETS);
    await this.maintenance.start();
    this.platform.rehearse(() => warmUp(pool, CATALOGUE));
    this.pipeline = await startPipeline({
      pool,
      databaseUrl,
      log,
      hot,
      catalogue: CATALOGUE,
      onCommitted: (committed) => {
        this.meter.committed(committed);
        if (committed.quarantined > 0)
          logger.error({ twins: committed.quarantined }, 'stored twins cannot be read: see docs/operate.md');
      },
      onProblem: (problem) => {
        this.meter.failed();
        logger.warn(problem, 'a transaction of the engine failed');
      },
      onFailed: (reason) => this.platform.fail(reason),
    });
    const { consumer } = this.pipeline;
    readiness.addConsumer({ group: GROUP, topic: TOPICS.patientInput, consumer, applied: () => OFFSETS.read(pool) });
    this.ticker.start();
    this.ledger.start();
    this.quarantine.start();
    this.staleReplay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.staleReplay.stop();
    await this.ledger.stop();
    await this.quarantine.stop();
    await this.ticker.stop();
    await this.pipeline?.stop();
    await this.maintenance.stop();
  }
}

@Module({})
export class TwinEngineModule {
  static forRoot(platform: Platform): DynamicModule {
    return {
      module: TwinEngineModule,
      providers: [{ provide: TwinEngine, useFactory: () => new TwinEngine(platform) }],
    };
  }
}
