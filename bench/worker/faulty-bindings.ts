/** D1 and R2 that are slow or fail when they are told to. */
import type { Bindings } from "../../server/env.ts";

export type Health = "well" | "slow" | "failing";

const SLOW_MS = 800;
const RUNS = ["all", "first", "raw", "run"] as const;

export class FaultyBindings {
  d1: Health = "well";
  r2: Health = "well";
  readonly #covered = new WeakMap<object, Bindings>();

  /** The same object for the same environment: the Worker keeps what it opened by it. */
  cover<Env extends Bindings>(env: Env): Bindings {
    const known = this.#covered.get(env);
    if (known !== undefined) return known;
    const fresh = { ...env, DB: this.#coverD1(env.DB), ACTIONS_LOGS: this.#coverR2(env.ACTIONS_LOGS) };
    this.#covered.set(env, fresh);
    return fresh;
  }

  async #pass(health: Health, words: string): Promise<void> {
    if (health === "failing") throw new Error(words);
    if (health === "slow") await scheduler.wait(SLOW_MS);
  }

  #coverD1(db: D1Database): D1Database {
    return new Proxy(db, {
      get: (from, name) => {
        if (name === "prepare") return (sql: string) => this.#coverStatement(from.prepare(sql));
        if (name === "batch") {
          return async (statements: D1PreparedStatement[]) => {
            await this.#pass(this.d1, "D1_ERROR: the soak makes it fail");
            return from.batch(statements);
          };
        }
        const value: unknown = Reflect.get(from, name, from);
        return typeof value === "function" ? (value.bind(from) as unknown) : value;
      },
    });
  }

  /** Statements stay D1's own objects, since `batch` looks inside them. */
  #coverStatement(statement: D1PreparedStatement): D1PreparedStatement {
    const bind = statement.bind.bind(statement);
    const methods: Record<string, (...given: never[]) => unknown> = {
      bind: (...given: never[]) => this.#coverStatement(bind(...given)),
    };
    for (const name of RUNS) {
      const run = Reflect.get(statement, name) as (...given: never[]) => Promise<unknown>;
      methods[name] = async (...given) => {
        await this.#pass(this.d1, "D1_ERROR: the soak makes it fail");
        return run.apply(statement, given);
      };
    }
    return Object.assign(statement, methods);
  }

  #coverR2(bucket: R2Bucket): R2Bucket {
    return new Proxy(bucket, {
      get: (from, name) => {
        const value: unknown = Reflect.get(from, name, from);
        if (typeof value !== "function") return value;
        return async (...given: unknown[]) => {
          await this.#pass(this.r2, "R2: the soak makes it fail");
          return Reflect.apply(value, from, given) as unknown;
        };
      },
    });
  }
}
