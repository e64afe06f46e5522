/**
 * Accounting off the request path (4-cache, Accounting): an isolate gathers audit rows and writes them in batches under
 * the waitUntil of the requests they came from. No request ever waits for another's promise; it takes over instead.
 */
import { type AuditBatch, type AuditRow, isRepeatedBatch, writeAuditBatch } from "../store/audit.ts";
import type { Db } from "../store/db.ts";

export type { AuditRow } from "../store/audit.ts";

export interface AuditDeps {
  readonly db: Db;
  readonly now: () => number;
  readonly background: (work: Promise<unknown>) => void;
}

const GATHER_MS = 250;
/**
 * A batch costs four write statements whatever its size: 10,000 requests of a busy isolate leave 200 of them. More rows
 * would be fewer statements, but each batch holds up the requests beside it for as long as it takes to write.
 */
const EARLY_ROWS = 200;
/** About 0.8 MB of JSON; D1 takes 2 MB in one parameter. */
const BATCH_ROWS = 2_000;
const BUFFERED_ROWS = 10_000;
/** Older rows would change a day that housekeeping has summed up already; see server/store/daily.ts. */
const OLDEST_ROW_MS = 3_600_000;
const BACK_OFF_MS = [250, 500, 1_000, 2_000] as const;
/** A driver lives under one request's waitUntil, which the platform ends after 30 s. */
const DRIVER_MS = 20_000;
const HAND_OVER_MS = 5_000;
/** How long past its next step a driver may be silent before it counts as ended with its request. */
const SILENCE_MS = 5_000;

/** The one flow of writes: waiting until a moment, or writing. */
interface Driver {
  readonly startedAt: number;
  phase: "waiting" | "writing";
  aliveUntil: number;
}

export class AuditLog {
  readonly #isolateId: string;
  readonly #wait: (ms: number) => Promise<unknown>;
  readonly #gatherMs: number;
  #buffer: AuditRow[] = [];
  /** Taken out to be written; the same rows under the same id until it succeeds, so that none counts twice. */
  #pending: AuditBatch | undefined;
  #driver: Driver | undefined;
  #sequence = 0;
  #failures = 0;
  #notBefore = 0;
  #lost = 0;
  #saved = 0;
  #attempts = 0;

  constructor(options: {
    readonly isolateId: string;
    readonly wait?: (ms: number) => Promise<unknown>;
    /** How long a row waits for others. */
    readonly gatherMs?: number | undefined;
  }) {
    this.#isolateId = options.isolateId;
    this.#wait = options.wait ?? ((ms) => scheduler.wait(ms));
    this.#gatherMs = options.gatherMs ?? GATHER_MS;
  }

  /** Takes a row and returns at once. With the buffer full the row is dropped and counted. */
  record(row: AuditRow, deps: AuditDeps): void {
    if (this.#buffered() >= BUFFERED_ROWS) this.#lost += 1;
    else this.#buffer.push(row);
    const now = deps.now();
    const early = this.#buffer.length >= EARLY_ROWS && now >= this.#notBefore;
    if (this.#mayTakeOver(now, early)) deps.background(this.#drive(early ? 0 : this.#gatherMs, deps));
  }

  /** What became of the rows so far. `lost` counts the dropped rows that no written batch has told of yet. */
  standing(): { readonly buffered: number; readonly saved: number; readonly lost: number; readonly attempts: number } {
    return { buffered: this.#buffered(), saved: this.#saved, lost: this.#lost, attempts: this.#attempts };
  }

  #buffered(): number {
    return this.#buffer.length + (this.#pending?.rows.length ?? 0);
  }

  #mayTakeOver(now: number, early: boolean): boolean {
    const driver = this.#driver;
    if (driver === undefined || now > driver.aliveUntil) return true;
    return driver.phase === "waiting" && (early || now - driver.startedAt > HAND_OVER_MS);
  }

  /** Waits, writes, and goes on while rows are left, until another request has taken over. */
  async #drive(firstDelayMs: number, deps: AuditDeps): Promise<void> {
    const driver: Driver = { startedAt: deps.now(), phase: "waiting", aliveUntil: 0 };
    this.#driver = driver;
    let delayMs = Math.max(firstDelayMs, this.#notBefore - deps.now());
    for (;;) {
      if (delayMs > 0) {
        driver.phase = "waiting";
        driver.aliveUntil = deps.now() + delayMs + SILENCE_MS;
        await this.#wait(delayMs);
        if (this.#driver !== driver) return;
      }
      driver.phase = "writing";
      driver.aliveUntil = deps.now() + SILENCE_MS;
      await this.#write(deps);
      if (this.#driver !== driver) return;
      if (this.#buffered() + this.#lost === 0 || deps.now() - driver.startedAt > DRIVER_MS) break;
      const full = this.#buffer.length >= EARLY_ROWS;
      delayMs = Math.max(full ? 0 : this.#gatherMs, this.#notBefore - deps.now());
    }
    this.#driver = undefined;
  }

  async #write(deps: AuditDeps): Promise<void> {
    const now = deps.now();
    const batch = (this.#pending = this.#stillYoung(now) ?? this.#take(now));
    if (batch === undefined) return;
    this.#attempts += 1;
    try {
      await writeAuditBatch(deps.db, batch);
    } catch (error) {
      // D1 failing must not fail requests: the batch stays pending, and what finds no room is counted as lost.
      if (!isRepeatedBatch(error)) return this.#backOff(deps.now());
    }
    if (this.#pending !== batch) return; // another driver got the same batch through
    this.#pending = undefined;
    this.#saved += batch.rows.length;
    this.#lost -= batch.lost;
    this.#failures = 0;
    this.#notBefore = 0;
  }

  #backOff(now: number): void {
    this.#notBefore = now + (BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length - 1)] ?? 0);
    this.#failures += 1;
  }

  /** The pending batch, unless it has grown too old to be counted. */
  #stillYoung(now: number): AuditBatch | undefined {
    const pending = this.#pending;
    if (pending === undefined || now - pending.at <= OLDEST_ROW_MS) return pending;
    this.#lost += pending.rows.length;
    return undefined;
  }

  #take(now: number): AuditBatch | undefined {
    const taken = this.#buffer.splice(0, BATCH_ROWS);
    const rows = taken.filter((row) => now - row.at <= OLDEST_ROW_MS);
    this.#lost += taken.length - rows.length;
    if (rows.length === 0 && this.#lost === 0) return undefined;
    this.#sequence += 1;
    return { isolateId: this.#isolateId, sequence: this.#sequence, rows, lost: this.#lost, at: rows[0]?.at ?? now };
  }
}
