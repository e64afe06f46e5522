/** The parts of wrangler.jsonc that the code counts on. Nobody needs to change them; who did is told by name. */
import type { Finding } from "./inspect.ts";
import type { WranglerConfig } from "./config-file.ts";

interface Part {
  readonly name: string;
  readonly isThere: (config: WranglerConfig) => boolean;
  readonly says: string;
}

const PARTS: readonly Part[] = [
  { name: "main", isThere: ({ main }) => main === "server/worker.ts", says: '"server/worker.ts"' },
  {
    name: "compatibility_flags",
    isThere: ({ compatibility_flags: flags = [] }) => flags.includes("nodejs_compat"),
    says: 'with "nodejs_compat"',
  },
  {
    name: "triggers.crons",
    isThere: ({ triggers }) => triggers?.crons?.includes("17 * * * *") === true,
    says: 'with "17 * * * *": without it nothing is swept, and D1 fills',
  },
  { name: "binding ASSETS", isThere: ({ assets }) => assets?.binding === "ASSETS", says: "of assets" },
  {
    name: "binding DB",
    isThere: ({ d1_databases: [database] = [] }) => database?.binding === "DB",
    says: "of the first of d1_databases",
  },
  {
    name: "migrations_dir",
    isThere: ({ d1_databases: [database] = [] }) => database?.migrations_dir === "migrations",
    says: '"migrations", in the first of d1_databases',
  },
  {
    name: "binding ACTIONS_LOGS",
    isThere: ({ r2_buckets: [bucket] = [] }) => bucket?.binding === "ACTIONS_LOGS",
    says: "of the first of r2_buckets",
  },
  {
    name: "binding POOL_COORDINATOR",
    isThere: ({ durable_objects: objects }) =>
      objects?.bindings?.some(({ name, class_name: of }) => name === "POOL_COORDINATOR" && of === "PoolCoordinator") ===
      true,
    says: 'of durable_objects, with the class_name "PoolCoordinator"',
  },
  {
    name: "migrations",
    isThere: ({ migrations = [] }) =>
      migrations.some(({ new_sqlite_classes: classes = [] }) => classes.includes("PoolCoordinator")),
    says: 'with "PoolCoordinator" among new_sqlite_classes',
  },
];

/** One for each part that is not as it must be; none where all are. */
export function changedParts(config: WranglerConfig): readonly Finding[] {
  return PARTS.filter(({ isThere }) => !isThere(config)).map(({ name, says }) => ({
    name,
    state: "wrong" as const,
    says: `must be as the repository has it: ${says}`,
  }));
}
