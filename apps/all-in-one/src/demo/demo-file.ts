import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const DemoState = z.object({
  tenant: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  /** Of the user `demo` of the console. */
  consolePassword: z.string(),
  /** When the ward opened, ms: its emergencies go by that. */
  openedAt: z.number().optional(),
  /** When the simulation of the people on pumps began, ms. */
  pumpsSince: z.number().optional(),
  /** The webhook of the last start. */
  webhook: z.object({ id: z.string(), secret: z.string(), port: z.number().int() }).optional(),
});
/** What one start of the demo leaves for the next: throw-away credentials, its webhook, and the ward's hours. */
export type DemoState = z.output<typeof DemoState>;

export class DemoFile {
  private readonly path: string;

  constructor(private readonly dataDir: string) {
    this.path = join(dataDir, 'demo.json');
  }

  /** What the last start left, or new credentials, kept from now on. */
  open(): DemoState {
    try {
      const kept = JSON.parse(readFileSync(this.path, 'utf8')) as object;
      if ('consolePassword' in kept) return DemoState.parse(kept);
      // Of a version without the console.
      const state = DemoState.parse({ ...kept, consolePassword: newPassword() });
      this.save(state);
      return state;
    } catch {
      const clientSecret = randomBytes(18).toString('base64url');
      const fresh = { tenant: 'demo', clientId: 'demo', clientSecret, consolePassword: newPassword() };
      this.save(fresh);
      return fresh;
    }
  }

  save(state: DemoState): void {
    mkdirSync(this.dataDir, { recursive: true });
    // Whole or not at all: a demo that is killed while it writes must find its credentials again.
    const next = `${this.path}.next`;
    writeFileSync(next, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.path);
  }
}

function newPassword(): string {
  return randomBytes(9).toString('base64url');
}
