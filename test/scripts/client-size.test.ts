import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { type Chunk, sizeOf } from "../../scripts/client-size.ts";

function aChunk(fileName: string, changes: Partial<Chunk> = {}): Chunk {
  return {
    fileName,
    isEntry: false,
    facadeModuleId: null,
    imports: [],
    code: `export const name = "${fileName}";`,
    ...changes,
  };
}

const gzipped = (...chunks: readonly Chunk[]) => chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);

it("counts a chunk and all it needs once, and nothing that is loaded later", () => {
  const shared = aChunk("shared.js");
  const solid = aChunk("solid.js", { imports: ["shared.js"] });
  const entry = aChunk("entry.js", { isEntry: true, imports: ["solid.js", "shared.js"] });
  const overview = aChunk("overview.js", { facadeModuleId: "/web/pages/overview.tsx", imports: ["entry.js"] });
  const chart = aChunk("chart.js", { imports: ["shared.js"] });
  const size = sizeOf(
    [entry, solid, shared, overview, chart],
    ({ isEntry, facadeModuleId }) => isEntry || facadeModuleId !== null,
  );
  expect(size).toBe(gzipped(entry, solid, shared, overview));
});
