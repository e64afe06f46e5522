/** The release gate's steps with the bundled command line, which is what the executable is compiled of. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ensureBuilt } from "../../../scripts/build-worker.ts";
import { Stage, STEPS } from "../../../scripts/e2e/cli-worker.ts";
import { standInWorld } from "../../../scripts/local-world.ts";
import { buildBundle } from "../../../scripts/release/bundle.ts";
import { startStandIn } from "../../github/server.ts";

const PATIENCE_MS = 180_000;

let standIn: Awaited<ReturnType<typeof startStandIn>>;
let stage: Stage;
beforeAll(async () => {
  await ensureBuilt();
  standIn = await startStandIn({ port: 0 });
  stage = await Stage.open(standInWorld(standIn.url), [process.execPath, await buildBundle()]);
}, PATIENCE_MS);
afterAll(async () => {
  await stage.close();
  await standIn.close();
});

it.each(STEPS)("$name", { timeout: PATIENCE_MS }, async ({ run }) => {
  await expect(run(stage)).resolves.toBeUndefined();
});

it("a step fails where what it expects is not so", { timeout: PATIENCE_MS }, async () => {
  const readTwice = STEPS.find(({ name }) => name.startsWith("api reads"));
  await expect(readTwice?.run(stage)).rejects.toThrow(/expected exit code 0 twice, saw exit [1-9]/);
});
