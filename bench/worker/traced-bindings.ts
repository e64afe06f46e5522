/** The bindings and the platform of the Worker, with every round trip traced. */
import type { Platform } from "../../server/deps.ts";
import type { Bindings } from "../../server/env.ts";
import { traced } from "./trace.ts";

const RUNS: ReadonlySet<PropertyKey> = new Set(["all", "first", "raw", "run"]);

export function tracePlatform(real: Platform): Platform {
  return {
    ...real,
    fetch: (request) => traced("upstream", "fetch", () => real.fetch(request)),
    edge: {
      match: (key) => traced("edge", "match", () => real.edge.match(key)),
      put: (key, response) => traced("edge", "put", () => real.edge.put(key, response)),
      delete: (key) => traced("edge", "delete", () => real.edge.delete(key)),
    },
  };
}

export function traceBindings<Env extends Bindings>(env: Env): Env {
  return {
    ...env,
    DB: traceD1(env.DB),
    POOL_COORDINATOR: traceNamespace(env.POOL_COORDINATOR),
    ACTIONS_LOGS: traceMethods(env.ACTIONS_LOGS, "bucket", () => true),
  };
}

/** Statements stay D1's own objects, since `batch` looks inside them: only their running methods are covered. */
function traceD1(db: D1Database): D1Database {
  return proxy(db, (name, method) => {
    if (name === "prepare") return (...given) => traceStatement(method(...given) as D1PreparedStatement);
    if (name === "batch" || name === "exec") {
      return (...given) => traced("d1", String(name), () => method(...given) as Promise<unknown>);
    }
    return method;
  });
}

function traceStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const bind = statement.bind.bind(statement);
  const methods: Record<string, (...given: never[]) => unknown> = {
    bind: (...given: never[]) => traceStatement(bind(...given)),
  };
  for (const name of RUNS) {
    const run = Reflect.get(statement, name) as (...given: never[]) => Promise<unknown>;
    methods[String(name)] = (...given) => traced("d1", String(name), () => run.apply(statement, given));
  }
  return Object.assign(statement, methods);
}

function traceNamespace(namespace: Bindings["POOL_COORDINATOR"]): Bindings["POOL_COORDINATOR"] {
  return proxy(namespace, (name, method) =>
    name === "get" ? (...given) => traceMethods(method(...given) as object, "object", () => true) : method,
  );
}

function traceMethods<T extends object>(target: T, kind: "object" | "bucket", isCall: (name: string) => boolean): T {
  return proxy(target, (name, method) =>
    isCall(name) ? (...given) => traced(kind, name, () => Promise.resolve(method(...given))) : method,
  );
}

type Method = (...given: unknown[]) => unknown;

/** Methods run on the object itself: the platform's refuse any other `this`. */
function proxy<T extends object>(target: T, cover: (name: string, method: Method) => Method): T {
  const covered = new Map<string, Method>();
  return new Proxy(target, {
    get(from, name) {
      if (typeof name === "string" && covered.has(name)) return covered.get(name);
      const value: unknown = Reflect.get(from, name, from);
      if (typeof name !== "string" || typeof value !== "function") return value;
      const method = cover(name, (...given) => Reflect.apply(value, from, given) as unknown);
      covered.set(name, method);
      return method;
    },
  });
}
