import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What git said, as test/fixtures/git/ keeps it. */
export function recorded(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, "../../fixtures/git", name)));
}
