/** An operator before a relay with one pool, and what the admin log says of him. */
import { listAdminEvents } from "../../../server/store/admin-events.ts";
import { writeAuditBatch, type AuditRow } from "../../../server/store/audit.ts";
import { Browser, OAUTH, type TrpcAnswer } from "../support/browser.ts";
import { POOL, TestRelay } from "../support/relay.ts";
import { anAuditRow } from "../store/rows.ts";

export interface Bench {
  readonly relay: TestRelay;
  readonly browser: Browser;
  /** A query in the pool; refused ones throw. */
  ask<T>(procedure: string, input?: object): Promise<T>;
  /** A change in the pool. */
  act(procedure: string, input?: object): Promise<TrpcAnswer>;
  /** The admin log of the pool, newest first. */
  log(): Promise<readonly { actor: string; action: string; subject: string; before: unknown; after: unknown }[]>;
  /** Audit rows as a flush writes them, rollups included; each is `ago` ms old unless it says when. */
  traffic(rows: readonly (Partial<AuditRow> & { readonly ago?: number })[]): Promise<void>;
}

let sequence = 0;

/** alice holds the role and the pool with her own identity. */
export async function anOperator(vars: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const relay = new TestRelay({ vars: { ...OAUTH, ...vars } });
  await relay.github.reset();
  await relay.seed();
  const browser = await new Browser(relay).signInAsOperator("alice");
  await relay.github.clearLog();
  return {
    relay,
    browser,
    async ask<T>(procedure: string, input: object = {}): Promise<T> {
      const answer = await browser.query(procedure, { pool: POOL, ...input });
      if (answer.status !== 200) throw new Error(`${procedure}: ${answer.refusal?.code} ${answer.message}`);
      return answer.data as T;
    },
    act: (procedure, input = {}) => browser.mutate(procedure, { pool: POOL, ...input }),
    async log() {
      const events = await listAdminEvents(relay.db, POOL, 100);
      const read = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
      return events.map(({ actor, action, subject, before, after }) => {
        return { actor, action, subject, before: read(before), after: read(after) };
      });
    },
    async traffic(rows) {
      const now = Date.now() + relay.offsetMs;
      const dated = rows.map(({ ago = 60_000, ...row }) => anAuditRow({ at: now - ago, ...row }));
      await writeAuditBatch(relay.db, { isolateId: "tests", sequence: sequence++, rows: dated, lost: 0, at: now });
    },
  };
}

/** The code of a refusal; undefined where it was none. */
export const codeOf = (answer: TrpcAnswer): string | undefined => answer.refusal?.code;
