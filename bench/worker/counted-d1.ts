/** D1 that counts and times its statements, and fails on demand. */
const RUNS = ["all", "first", "raw", "run"] as const;
const WRITES = /^\s*(?:insert|update|delete|replace)\b/i;

export class CountedD1 {
  writes = 0;
  reads = 0;
  isFailing = false;
  /** The round trip that took longest since this was set. */
  slowest = { ms: 0, sql: "" };
  readonly #texts = new WeakMap<object, string>();
  readonly #writing = new WeakSet<object>();

  cover(db: D1Database): D1Database {
    return new Proxy(db, {
      get: (from, name) => {
        if (name === "prepare") return (sql: string) => this.#cover(from.prepare(sql), sql);
        if (name === "batch") return (statements: D1PreparedStatement[]) => this.#batch(from, statements);
        const value: unknown = Reflect.get(from, name, from);
        return typeof value === "function" ? (value.bind(from) as unknown) : value;
      },
    });
  }

  async #batch(db: D1Database, statements: D1PreparedStatement[]): Promise<D1Result[]> {
    for (const statement of statements) this.#count(this.#writing.has(statement));
    const sql = statements.map((statement) => this.#texts.get(statement) ?? "").join("; ");
    return this.#timed(sql, () => db.batch(statements));
  }

  /** workerd's clock moves with what comes from outside, as this answer does. */
  async #timed<T>(sql: string, run: () => Promise<T>): Promise<T> {
    const began = Date.now();
    const result = await run();
    const ms = Date.now() - began;
    if (ms > this.slowest.ms) this.slowest = { ms, sql: sql.replaceAll(/\s+/g, " ").slice(0, 200) };
    return result;
  }

  #count(isWrite: boolean): void {
    if (this.isFailing) throw new Error("D1_ERROR: the bench makes it fail");
    if (isWrite) this.writes += 1;
    else this.reads += 1;
  }

  /** Statements stay D1's own objects, since `batch` looks inside them. */
  #cover(statement: D1PreparedStatement, sql: string): D1PreparedStatement {
    const isWrite = WRITES.test(sql);
    if (isWrite) this.#writing.add(statement);
    this.#texts.set(statement, sql);
    const bind = statement.bind.bind(statement);
    const methods: Record<string, (...given: never[]) => unknown> = {
      bind: (...given: never[]) => this.#cover(bind(...given), sql),
    };
    for (const name of RUNS) {
      const run = Reflect.get(statement, name) as (...given: never[]) => Promise<unknown>;
      methods[name] = async (...given) => {
        this.#count(isWrite);
        return this.#timed(sql, () => run.apply(statement, given));
      };
    }
    return Object.assign(statement, methods);
  }
}
