/** D1 that counts its statements, and fails on demand. */
const RUNS = ["all", "first", "raw", "run"] as const;
const WRITES = /^\s*(?:insert|update|delete|replace)\b/i;

export class CountedD1 {
  writes = 0;
  reads = 0;
  isFailing = false;
  readonly #writing = new WeakSet<object>();

  cover(db: D1Database): D1Database {
    return new Proxy(db, {
      get: (from, name) => {
        if (name === "prepare") return (sql: string) => this.#cover(from.prepare(sql), WRITES.test(sql));
        if (name === "batch") return (statements: D1PreparedStatement[]) => this.#batch(from, statements);
        const value: unknown = Reflect.get(from, name, from);
        return typeof value === "function" ? (value.bind(from) as unknown) : value;
      },
    });
  }

  async #batch(db: D1Database, statements: D1PreparedStatement[]): Promise<D1Result[]> {
    for (const statement of statements) this.#count(this.#writing.has(statement));
    return db.batch(statements);
  }

  #count(isWrite: boolean): void {
    if (this.isFailing) throw new Error("D1_ERROR: the bench makes it fail");
    if (isWrite) this.writes += 1;
    else this.reads += 1;
  }

  /** Statements stay D1's own objects, since `batch` looks inside them. */
  #cover(statement: D1PreparedStatement, isWrite: boolean): D1PreparedStatement {
    if (isWrite) this.#writing.add(statement);
    const bind = statement.bind.bind(statement);
    const methods: Record<string, (...given: never[]) => unknown> = {
      bind: (...given: never[]) => this.#cover(bind(...given), isWrite),
    };
    for (const name of RUNS) {
      const run = Reflect.get(statement, name) as (...given: never[]) => Promise<unknown>;
      methods[name] = async (...given) => {
        this.#count(isWrite);
        return run.apply(statement, given);
      };
    }
    return Object.assign(statement, methods);
  }
}
