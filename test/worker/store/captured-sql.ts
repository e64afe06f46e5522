/** A D1 that notes the SQL it runs, so that a test can ask SQLite how it would go about it. */
import { env } from "cloudflare:workers";
import { type Db, openDb } from "../../../server/store/db.ts";

interface Captured {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export function capturingDb(): { readonly db: Db; readonly captured: readonly Captured[] } {
  const captured: Captured[] = [];
  const d1 = new Proxy(env.DB, {
    get(target, name) {
      if (name !== "prepare") return Reflect.get(target, name).bind(target) as unknown;
      return (sql: string) => noting(target.prepare(sql), (params) => captured.push({ sql, params }));
    },
  });
  return { db: openDb(d1), captured };
}

/** A statement that tells what is bound to it, as each that runs is; bound, it is D1's own, as a batch needs. */
function noting(statement: D1PreparedStatement, note: (params: readonly unknown[]) => void): D1PreparedStatement {
  return new Proxy(statement, {
    get(target, name) {
      if (name !== "bind") return Reflect.get(target, name).bind(target) as unknown;
      return (...params: unknown[]) => {
        note(params);
        return target.bind(...params);
      };
    },
  });
}

/** The plan's lines that read a whole table. json_each, constants and subqueries, whose own lines are judged, are none. */
export async function tableScans(query: Captured): Promise<readonly string[]> {
  const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${query.sql}`)
    .bind(...query.params)
    .all<{ detail: string }>();
  const details = plan.results.map(({ detail }) => detail);
  const derived = new Set(details.flatMap((detail) => /^(?:CO-ROUTINE|MATERIALIZE) (.+)$/.exec(detail)?.[1] ?? []));
  return details
    .filter((detail) => !derived.has(detail.replace(/^SCAN /, "")))
    .filter((detail) => /^SCAN (?!.*VIRTUAL TABLE|CONSTANT ROW)/.test(detail));
}
