/** Applies migrations/ to a local D1 as `wrangler d1 migrations apply` does, so that either may go on after the other. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** The part of D1 that is needed here. */
export interface MigrationTarget<Statement> {
  prepare(
    sql: string,
  ): Statement & { bind(...values: string[]): Statement; all<Row>(): Promise<{ readonly results: Row[] }> };
  batch(statements: Statement[]): Promise<unknown>;
}

/** wrangler's own definition, word for word. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

const BREAKPOINT = "--> statement-breakpoint";

/**
 * Applies, in the order of their names, the migrations that `d1_migrations` does not name, each in one transaction
 * with its record. Returns the names of those applied now.
 */
export async function applyMigrations<Statement>(
  database: MigrationTarget<Statement>,
  directory: string,
): Promise<readonly string[]> {
  await database.batch([database.prepare(CREATE_TABLE)]);
  const { results } = await database.prepare(`SELECT name FROM "d1_migrations"`).all<{ readonly name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const files = (await readdir(directory)).filter((name) => name.endsWith(".sql")).toSorted();
  const due = files.filter((name) => !applied.has(name));
  for (const name of due) {
    const statements = statementsOf(await readFile(join(directory, name), "utf8"));
    await database.batch([
      ...statements.map((sql) => database.prepare(sql)),
      database.prepare(`INSERT INTO "d1_migrations" (name) VALUES (?)`).bind(name),
    ]);
  }
  return due;
}

/** drizzle-kit puts a breakpoint after every statement but the last. */
export function statementsOf(migration: string): readonly string[] {
  return migration
    .split(BREAKPOINT)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
