/** The real D1, of which one statement can be held: before it reaches D1, or with its answer on the way back. Or it fails. */
import { env } from "cloudflare:workers";

export interface Held {
  /** Resolves once a statement is held. */
  readonly reached: Promise<void>;
  /** Lets it go on. */
  readonly release: () => void;
}

interface Gate {
  readonly part: string;
  readonly when: "before" | "after";
  readonly reach: () => void;
  readonly released: Promise<void>;
}

const RUNS = ["all", "first", "raw", "run"] as const;

export class HeldD1 {
  readonly binding: D1Database;
  isFailing = false;
  #gate: Gate | undefined;
  readonly #texts = new WeakMap<object, string>();

  constructor() {
    this.binding = new Proxy(env.DB, {
      get: (db, name) => {
        if (name === "prepare") return (sql: string) => this.#cover(db.prepare(sql), sql);
        if (name === "batch")
          return (statements: D1PreparedStatement[]) =>
            this.#pass(statements.map((each) => this.#texts.get(each) ?? "").join(";"), () => db.batch(statements));
        const value: unknown = Reflect.get(db, name, db);
        return typeof value === "function" ? (value.bind(db) as unknown) : value;
      },
    });
  }

  /** The next statement or batch whose SQL has this part. `after`: D1 has done it, and only its answer is late. */
  hold(part: string, when: Gate["when"]): Held {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#gate = { part, when, reach: reached.resolve, released: released.promise };
    return { reached: reached.promise, release: released.resolve };
  }

  async #pass<T>(sql: string, run: () => Promise<T>): Promise<T> {
    if (this.isFailing) throw new Error("D1_ERROR: it fails");
    const gate = this.#gate;
    if (gate === undefined || !sql.includes(gate.part)) return run();
    this.#gate = undefined;
    if (gate.when === "before") {
      gate.reach();
      await gate.released;
      return run();
    }
    const answer = await run();
    gate.reach();
    await gate.released;
    return answer;
  }

  /** Statements stay D1's own objects, since `batch` looks inside them. */
  #cover(statement: D1PreparedStatement, sql: string): D1PreparedStatement {
    this.#texts.set(statement, sql);
    const bind = statement.bind.bind(statement);
    const methods: Record<string, (...given: never[]) => unknown> = {
      bind: (...given: never[]) => this.#cover(bind(...given), sql),
    };
    for (const name of RUNS) {
      const run = Reflect.get(statement, name) as (...given: never[]) => Promise<unknown>;
      methods[name] = (...given) => this.#pass(sql, () => run.apply(statement, given));
    }
    return Object.assign(statement, methods);
  }
}
