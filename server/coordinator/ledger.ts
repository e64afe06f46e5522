/**
 * What of the pool's standing outlives the object, in its SQLite through Drizzle. Read once, at the start; every query
 * after that is a write by primary key.
 */
import { and, eq, getTableColumns, inArray, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/durable-sqlite";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import migrations from "../do-migrations/migrations.js";
import type { Cooldown } from "./protocol.ts";
import { isWorthSaving, type Rate } from "./rate.ts";
import { cooldowns, rates, setbacks, starts } from "./schema.ts";
import { type Standing, UNKNOWN_STANDING } from "./standing.ts";
import type { Ledger } from "./standings.ts";

/** A reading or counter not touched for so long belongs to an identity that has left the pool. */
const RETENTION_MS = 30 * 24 * 3_600_000;

type Database = ReturnType<typeof drizzle>;

export class SqlLedger implements Ledger {
  readonly #db: Database;
  readonly #rateSaved: ReturnType<typeof rateSaved>;
  /** The readings as they are saved, by identity and resource. */
  readonly #saved = new Map<string, Rate>();

  private constructor(db: Database) {
    this.#db = db;
    this.#rateSaved = rateSaved(db);
  }

  /** Applies the migrations. Call it under `blockConcurrencyWhile`, before anything is asked of the object. */
  static async open(storage: DurableObjectStorage): Promise<SqlLedger> {
    const db = drizzle(storage);
    await migrate(db, migrations);
    return new SqlLedger(db);
  }

  /** Counts this start of the object. Strictly growing, so that what an earlier life handed out can be told apart. */
  nextEpoch(): number {
    const row = this.#db
      .insert(starts)
      .values({ id: 1, epoch: 1 })
      .onConflictDoUpdate({ target: starts.id, set: { epoch: sql`${starts.epoch} + 1` } })
      .returning({ epoch: starts.epoch })
      .get();
    return row.epoch;
  }

  /** Drops what has ended, by a scan of a few hundred rows once per start, and reads the rest. */
  load(now: number): ReadonlyMap<string, Standing> {
    this.#db.delete(cooldowns).where(lt(cooldowns.until, now)).run();
    this.#db
      .delete(rates)
      .where(lt(rates.readAt, now - RETENTION_MS))
      .run();
    this.#db
      .delete(setbacks)
      .where(lt(setbacks.lastErrorAt, now - RETENTION_MS))
      .run();

    const standings = new Map<string, Standing>();
    const change = (id: string, part: (known: Standing) => Partial<Standing>) => {
      const known = standings.get(id) ?? UNKNOWN_STANDING;
      standings.set(id, { ...known, ...part(known) });
    };
    for (const { identityId, ...rate } of this.#db.select().from(rates).all()) {
      change(identityId, (known) => ({ rates: new Map(known.rates).set(rate.resource, rate) }));
    }
    for (const { identityId, scope, target, cause, until } of this.#db.select().from(cooldowns).all()) {
      change(identityId, (known) => ({ cooldowns: [...known.cooldowns, { scope, on: target, cause, until }] }));
    }
    for (const row of this.#db.select().from(setbacks).all()) {
      change(row.identityId, () => setbacksOf(row));
    }
    return standings;
  }

  /** All writes of one turn of the object are committed together by the platform; no transaction is needed. */
  save(identityId: string, before: Standing, after: Standing): void {
    this.#saveRates(identityId, before.rates, after.rates);
    this.#saveCooldowns(identityId, before.cooldowns, after.cooldowns);
    if (before.lastError === after.lastError && sameStreaks(before, after)) return;
    const row = {
      unauthorizedStreak: after.setbacks.unauthorized,
      secondaryStreak: after.setbacks.secondary,
      lastErrorCause: after.lastError?.cause ?? null,
      lastErrorAt: after.lastError?.at ?? null,
    };
    this.#db
      .insert(setbacks)
      .values({ identityId, ...row })
      .onConflictDoUpdate({ target: setbacks.identityId, set: row })
      .run();
  }

  #saveRates(identityId: string, before: ReadonlyMap<string, Rate>, after: ReadonlyMap<string, Rate>): void {
    if (before === after) return;
    const gone = [...before.keys()].filter((resource) => !after.has(resource));
    if (gone.length > 0) {
      this.#db
        .delete(rates)
        .where(and(eq(rates.identityId, identityId), inArray(rates.resource, gone)))
        .run();
      for (const resource of gone) this.#saved.delete(`${identityId} ${resource}`);
    }
    for (const rate of after.values()) {
      const name = `${identityId} ${rate.resource}`;
      if (before.get(rate.resource) === rate || !isWorthSaving(rate, this.#saved.get(name))) continue;
      this.#rateSaved.run({ identityId, ...rate });
      this.#saved.set(name, rate);
    }
  }

  /** What ended is dropped by the next change, so the table holds a handful of rows for each identity. */
  #saveCooldowns(identityId: string, before: readonly Cooldown[], after: readonly Cooldown[]): void {
    if (before === after) return;
    const kept = new Set(after);
    for (const gone of before.filter((cooldown) => !kept.has(cooldown))) {
      this.#db.delete(cooldowns).where(sameCooldown(identityId, gone)).run();
    }
    const known = new Set(before);
    for (const { scope, on: target, cause, until } of after.filter((cooldown) => !known.has(cooldown))) {
      this.#db
        .insert(cooldowns)
        .values({ identityId, scope, target, cause, until })
        .onConflictDoUpdate({
          target: [cooldowns.identityId, cooldowns.scope, cooldowns.target, cooldowns.cause],
          set: { until },
        })
        .run();
    }
  }
}

/** Written once for the object's life. */
function rateSaved(db: Database) {
  const place = sql.placeholder;
  const { identityId: _, resource: __, ...replaced } = getTableColumns(rates);
  const set = Object.entries(replaced).map(([name, column]) => [name, sql`excluded.${sql.identifier(column.name)}`]);
  return db
    .insert(rates)
    .values({
      identityId: place("identityId"),
      resource: place("resource"),
      limit: place("limit"),
      remaining: place("remaining"),
      used: place("used"),
      resetAt: place("resetAt"),
      readAt: place("readAt"),
      burnPerSecond: place("burnPerSecond"),
    })
    .onConflictDoUpdate({ target: [rates.identityId, rates.resource], set: Object.fromEntries(set) })
    .prepare();
}

function sameCooldown(identityId: string, { scope, on, cause }: Cooldown) {
  return and(
    eq(cooldowns.identityId, identityId),
    eq(cooldowns.scope, scope),
    eq(cooldowns.target, on),
    eq(cooldowns.cause, cause),
  );
}

function sameStreaks(before: Standing, after: Standing): boolean {
  return (
    before.setbacks.unauthorized === after.setbacks.unauthorized &&
    before.setbacks.secondary === after.setbacks.secondary
  );
}

/** Times of single failures are not kept: they matter for 30 s only. */
function setbacksOf(row: typeof setbacks.$inferSelect): Pick<Standing, "setbacks" | "lastError"> {
  const { lastErrorCause: cause, lastErrorAt: at } = row;
  return {
    setbacks: { unauthorized: row.unauthorizedStreak, secondary: row.secondaryStreak, failedAt: [] },
    lastError: cause === null || at === null ? null : { cause, at },
  };
}
