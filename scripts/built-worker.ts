/** Reads what `vite build` wrote, and says it in Miniflare's words. Bindings and flags are named in wrangler.jsonc only. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import type { V4WorkerOptions, V4WorkerOptionsShape } from "miniflare";
import { Problem } from "./problem.ts";

interface BuiltConfig {
  readonly name: string;
  readonly main: string;
  readonly compatibility_date: string;
  readonly compatibility_flags: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
  readonly durable_objects: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] };
  readonly migrations: readonly { readonly new_sqlite_classes?: readonly string[] }[];
  readonly r2_buckets: readonly { readonly binding: string; readonly bucket_name: string }[];
  readonly d1_databases: readonly {
    readonly binding: string;
    readonly database_id: string;
    readonly migrations_dir: string;
  }[];
  readonly assets?: {
    readonly directory: string;
    readonly binding?: string;
    readonly run_worker_first?: boolean | readonly string[];
  };
}

export interface BuiltWorker {
  readonly options: V4WorkerOptions;
  /** The D1 binding, and where its migrations are. */
  readonly database: { readonly binding: string; readonly migrationsDir: string };
}

const MODULE_TYPES: Readonly<Record<string, "ESModule" | "Text" | "CompiledWasm" | "Data">> = {
  ".js": "ESModule",
  ".mjs": "ESModule",
  ".sql": "Text",
  ".txt": "Text",
  ".wasm": "CompiledWasm",
  ".bin": "Data",
};

/**
 * The Worker in `<dist>/octopool`. `bindings` are vars and secrets; they win over the vars of wrangler.jsonc.
 * @throws Problem where nothing was built yet.
 */
export function readBuiltWorker(dist: string, bindings: Readonly<Record<string, string>>): BuiltWorker {
  const place = join(dist, "octopool", "wrangler.json");
  if (!existsSync(place)) throw new Problem(`There is no built Worker in ${dist}: run npm run build first.`);
  const config = JSON.parse(readFileSync(place, "utf8")) as BuiltConfig;
  const root = dirname(place);
  const [database] = config.d1_databases;
  if (database === undefined) throw new Problem(`${place} names no D1 database.`);
  const sqliteClasses = new Set(config.migrations.flatMap((migration) => migration.new_sqlite_classes ?? []));
  const options: V4WorkerOptions = {
    name: config.name,
    modulesRoot: root,
    modules: modulesOf(root, config.main),
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: [...config.compatibility_flags],
    bindings: { ...config.vars, ...bindings },
    d1Databases: Object.fromEntries(config.d1_databases.map((each) => [each.binding, each.database_id])),
    r2Buckets: Object.fromEntries(config.r2_buckets.map((each) => [each.binding, each.bucket_name])),
    durableObjects: Object.fromEntries(
      config.durable_objects.bindings.map((each) => [
        each.name,
        { className: each.class_name, useSQLite: sqliteClasses.has(each.class_name) },
      ]),
    ),
    ...assetsOf(root, config),
  };
  const migrationsDir = resolve(root, database.migrations_dir);
  return { options, database: { binding: database.binding, migrationsDir } };
}

/** The entry first: workerd starts the first module. */
function modulesOf(root: string, main: string) {
  const entry = resolve(root, main);
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .toSorted((left, right) => Number(right === entry) - Number(left === entry));
  return paths.flatMap((path) => {
    const type = MODULE_TYPES[extname(path)];
    return type === undefined ? [] : [{ type, path }];
  });
}

/** Without a client build there are no assets, and the Worker answers everything itself. */
function assetsOf(root: string, { assets }: BuiltConfig): { assets?: NonNullable<V4WorkerOptionsShape["assets"]> } {
  if (assets === undefined) return {};
  const directory = resolve(root, assets.directory);
  if (!existsSync(directory)) return {};
  const { binding, run_worker_first: first } = assets;
  return {
    assets: {
      directory,
      ...(binding === undefined ? {} : { binding }),
      ...(first === undefined ? {} : { run_worker_first: typeof first === "boolean" ? first : [...first] }),
      routerConfig: { has_user_worker: true },
    },
  };
}
