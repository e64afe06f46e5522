import { describe, expect, it } from "vitest";
import { AuditLog, type AuditRow } from "../../../server/relay/audit.ts";
import type { Db } from "../../../server/store/db.ts";

/** A clock that only the log's own waiting moves, and a D1 that keeps what it is given or fails. */
class Stage {
  now = 1_750_000_000_000;
  readonly written: { readonly id: string; readonly rows: number; readonly lost: number }[] = [];
  attempts = 0;
  statements = 0;
  fails: (attempt: number) => Error | undefined = () => undefined;
  /** Runs between two waits, as other requests would. */
  meanwhile: () => void = () => undefined;
  readonly log = new AuditLog({ isolateId: "i", wait: (ms) => this.#wait(ms) });
  readonly #work: Promise<unknown>[] = [];

  async #wait(ms: number): Promise<void> {
    await Promise.resolve();
    this.now += ms;
    this.meanwhile();
  }

  readonly #db = {
    $client: {},
    run: (query: { readonly queryChunks: readonly unknown[] }) => query,
    batch: (queries: readonly { readonly queryChunks: readonly unknown[] }[]) => this.#batch(queries),
  } as unknown as Db;

  async #batch(queries: readonly { readonly queryChunks: readonly unknown[] }[]): Promise<void> {
    this.attempts += 1;
    const failure = this.fails(this.attempts);
    if (failure !== undefined && failure.message !== "lost answer") throw failure;
    const params =
      queries[0]?.queryChunks.filter((chunk) => typeof chunk === "string" || typeof chunk === "number") ?? [];
    const [id, , , rows, lost] = params as [string, string, number, number, number];
    if (this.written.some((batch) => batch.id === id)) {
      throw new Error("query failed", {
        cause: new Error("D1_ERROR: UNIQUE constraint failed: audit_batches.batch_id: SQLITE_CONSTRAINT"),
      });
    }
    this.statements += queries.length;
    this.written.push({ id, rows, lost });
    if (failure !== undefined) throw failure;
  }

  record(count: number, at = this.now): void {
    const deps = {
      db: this.#db,
      now: () => this.now,
      background: (work: Promise<unknown>) => void this.#work.push(work),
    };
    for (let index = 0; index < count; index += 1) this.log.record(aRow(at), deps);
  }

  async settle(): Promise<void> {
    for (let index = 0; index < this.#work.length; index += 1) await this.#work[index];
  }

  get saved(): number {
    return this.written.reduce((sum, batch) => sum + batch.rows, 0);
  }

  get counted(): number {
    return this.written.reduce((sum, batch) => sum + batch.lost, 0);
  }
}

function aRow(at: number): AuditRow {
  return {
    requestId: "r",
    at,
    poolId: "p",
    callerId: "c",
    clientName: "n",
    routeKind: "pr_view",
    routeKey: "k",
    status: 200,
    cache: "hit",
    quotaUnits: 0,
    upstreamCalls: 0,
    coalesced: false,
    revalidated: false,
    cacheable: true,
    durationMs: 1,
    trail: "",
  };
}

describe("the audit log", () => {
  it("gathers what comes in a quarter of a second into one batch", async () => {
    const stage = new Stage();
    stage.record(3);
    expect(stage.attempts).toBe(0);
    await stage.settle();
    expect(stage.written).toEqual([{ id: "i:1", rows: 3, lost: 0 }]);
  });

  it("writes early under load, and 10,000 rows in at most 300 statements", async () => {
    const stage = new Stage();
    for (let index = 0; index < 25; index += 1) {
      stage.record(400);
      await stage.settle();
    }
    expect(stage.saved).toBe(10_000);
    expect(stage.statements).toBeLessThanOrEqual(300);
  });

  it("backs off while D1 fails and writes every row once it works", async () => {
    const stage = new Stage();
    const end = stage.now + 5_000;
    stage.fails = () => (stage.now < end ? new Error("D1 is down") : undefined);
    stage.record(10_000);
    await stage.settle();
    expect(stage.saved + stage.counted).toBe(10_000);
    expect(stage.attempts).toBeLessThanOrEqual(20);
  });

  it("counts what finds no room and tells it with the next batch", async () => {
    const stage = new Stage();
    stage.fails = (attempt) => (attempt <= 3 ? new Error("D1 is down") : undefined);
    stage.record(10_250);
    await stage.settle();
    expect(stage.saved).toBe(10_000);
    expect(stage.counted).toBe(250);
    expect(stage.log.standing()).toMatchObject({ buffered: 0, lost: 0, saved: 10_000 });
  });

  it("counts nothing twice when a written batch's answer is lost", async () => {
    const stage = new Stage();
    stage.fails = (attempt) => (attempt === 1 ? new Error("lost answer") : undefined);
    stage.record(5);
    await stage.settle();
    expect(stage.attempts).toBe(2);
    expect(stage.saved).toBe(5);
    expect(stage.log.standing()).toMatchObject({ buffered: 0, saved: 5 });
  });

  it("repeats a failed batch as it was, and leaves younger rows to the next", async () => {
    const stage = new Stage();
    stage.fails = (attempt) => (attempt === 1 ? new Error("D1 is down") : undefined);
    stage.record(2);
    let more = true;
    stage.meanwhile = () => {
      if (stage.attempts === 1 && more) stage.record(3);
      if (stage.attempts === 1) more = false;
    };
    await stage.settle();
    expect(stage.written).toEqual([
      { id: "i:1", rows: 2, lost: 0 },
      { id: "i:2", rows: 3, lost: 0 },
    ]);
  });

  it("drops rows that are older than an hour and counts them: their day may be closed", async () => {
    const stage = new Stage();
    stage.record(1, stage.now - 3_700_000);
    stage.record(1);
    await stage.settle();
    expect(stage.written).toEqual([{ id: "i:1", rows: 1, lost: 1 }]);
  });

  it("lets another request take over from a driver whose request ended", async () => {
    const stage = new Stage();
    const hung = new AuditLog({ isolateId: "i", wait: () => new Promise(() => undefined) });
    const work: Promise<unknown>[] = [];
    const deps = { db: {} as Db, now: () => stage.now, background: (one: Promise<unknown>) => void work.push(one) };
    hung.record(aRow(stage.now), deps);
    hung.record(aRow(stage.now), deps);
    expect(work).toHaveLength(1);
    stage.now += 60_000;
    hung.record(aRow(stage.now), deps);
    expect(work).toHaveLength(2);
  });
});
