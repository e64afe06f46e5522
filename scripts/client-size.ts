/** What a first visit to the dashboard loads before its first chart: the scripts of the entry and of the overview. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import solid from "vite-plugin-solid";
import { Problem } from "./problem.ts";
import { ROOT } from "./run-tool.ts";

/** 6-dashboard, How it behaves. */
export const MOST_BYTES = 90_000;
const OVERVIEW = join(ROOT, "web/pages/overview.tsx");

export interface Chunk {
  readonly fileName: string;
  readonly isEntry: boolean;
  /** The module it was made for. */
  readonly facadeModuleId: string | null;
  /** Chunks it cannot run without. */
  readonly imports: readonly string[];
  readonly code: string;
}

/** Gzipped bytes of the chunks named, each once, with all they cannot run without. */
export function sizeOf(chunks: readonly Chunk[], isFirst: (chunk: Chunk) => boolean): number {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const needed = new Set<Chunk>();
  const need = (chunk: Chunk | undefined): void => {
    if (chunk === undefined || needed.has(chunk)) return;
    needed.add(chunk);
    for (const name of chunk.imports) need(byName.get(name));
  };
  for (const chunk of chunks) if (isFirst(chunk)) need(chunk);
  return [...needed].reduce((sum, { code }) => sum + gzipSync(code).length, 0);
}

/** Builds the client in memory. @throws Problem where it is over the budget. */
export async function refuseLargeClient(): Promise<void> {
  const size = sizeOf(await chunksOf(), ({ isEntry, facadeModuleId }) => isEntry || facadeModuleId === OVERVIEW);
  if (size > MOST_BYTES) {
    throw new Problem(
      `The dashboard loads ${size} bytes of gzipped script before its first chart; ${MOST_BYTES} is the most.`,
    );
  }
}

export async function chunksOf(): Promise<readonly Chunk[]> {
  const made = await build({
    configFile: false,
    root: ROOT,
    logLevel: "silent",
    plugins: [solid()],
    build: { write: false, rolldownOptions: { input: join(ROOT, "web/index.html") } },
  });
  const outputs = Array.isArray(made) ? made : [made];
  return outputs.flatMap((each) => ("output" in each ? each.output.filter((part) => part.type === "chunk") : []));
}
