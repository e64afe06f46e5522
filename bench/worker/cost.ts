/** The Worker with everything counted that Cloudflare charges for. `GET /__cost` tells the counts and begins anew. */
import { createWorker } from "../../server/create-worker.ts";
import type { Bindings } from "../../server/env.ts";
import type { Counts } from "../counts.ts";

export { PoolCoordinator } from "../../server/coordinator/pool-coordinator.ts";

const none = (): Counts => ({
  requests: 0,
  d1Queries: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  objectRequests: 0,
  r2Writes: 0,
  r2Reads: 0,
});
let counts = none();
const R2_WRITES: ReadonlySet<PropertyKey> = new Set(["put", "list", "createMultipartUpload"]);
const R2_READS: ReadonlySet<PropertyKey> = new Set(["get", "head"]);

const worker = createWorker();
const covered = new WeakMap<object, Bindings>();

function cover(env: Bindings): Bindings {
  const known = covered.get(env);
  if (known !== undefined) return known;
  const fresh = {
    ...env,
    DB: coverD1(env.DB),
    POOL_COORDINATOR: coverObject(env.POOL_COORDINATOR),
    ACTIONS_LOGS: coverR2(env.ACTIONS_LOGS),
  };
  covered.set(env, fresh);
  return fresh;
}

function note({ meta }: { readonly meta: { readonly rows_read?: number; readonly rows_written?: number } }): void {
  counts.d1Queries += 1;
  counts.d1RowsRead += meta.rows_read ?? 0;
  counts.d1RowsWritten += meta.rows_written ?? 0;
}

function coverD1(db: D1Database): D1Database {
  return new Proxy(db, {
    get(from, name) {
      if (name === "prepare") return (sql: string) => coverStatement(from.prepare(sql));
      if (name === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          const results = await from.batch(statements);
          for (const result of results) note(result);
          return results;
        };
      }
      const value: unknown = Reflect.get(from, name, from);
      return typeof value === "function" ? (value.bind(from) as unknown) : value;
    },
  });
}

/** A lone query as a batch of one, whose result tells what it cost; values only are the rows' own values in order. */
function coverStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const bind = statement.bind.bind(statement);
  const all = statement.all.bind(statement);
  const counted = async () => {
    const result = await all<Record<string, unknown>>();
    note(result);
    return result;
  };
  return Object.assign(statement, {
    bind: (...given: never[]) => coverStatement(bind(...given)),
    all: counted,
    run: counted,
    first: async () => (await counted()).results[0] ?? null,
    raw: async () => (await counted()).results.map((row) => Object.values(row)),
  });
}

function coverObject(namespace: Bindings["POOL_COORDINATOR"]): Bindings["POOL_COORDINATOR"] {
  return new Proxy(namespace, {
    get(from, name) {
      const value: unknown = Reflect.get(from, name, from);
      if (name === "get") return (id: DurableObjectId) => countedCalls(from.get(id));
      return typeof value === "function" ? (value.bind(from) as unknown) : value;
    },
  });
}

function countedCalls<Stub extends object>(stub: Stub): Stub {
  return new Proxy(stub, {
    get(from, name) {
      const value: unknown = Reflect.get(from, name, from);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        counts.objectRequests += 1;
        return Reflect.apply(value, from, given) as unknown;
      };
    },
  });
}

function coverR2(bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(from, name) {
      const value: unknown = Reflect.get(from, name, from);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (R2_WRITES.has(name)) counts.r2Writes += 1;
        if (R2_READS.has(name)) counts.r2Reads += 1;
        return Reflect.apply(value, from, given) as unknown;
      };
    },
  });
}

export default {
  async fetch(request, env, context) {
    if (request.url.endsWith("/__cost")) {
      const told = counts;
      counts = none();
      return Response.json(told);
    }
    counts.requests += 1;
    if (worker.fetch === undefined) throw new Error("the Worker answers no requests");
    return worker.fetch(request as Parameters<typeof worker.fetch>[0], cover(env), context);
  },
  async scheduled(controller, env, context) {
    await worker.scheduled?.(controller, cover(env), context);
  },
} satisfies ExportedHandler<Bindings>;
