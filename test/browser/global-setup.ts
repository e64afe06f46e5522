/** The Worker and its pages are built once, before the first browser opens. */
import { ensureBuilt } from "../../scripts/build-worker.ts";

export default async function buildOnce(): Promise<void> {
  await ensureBuilt();
}
