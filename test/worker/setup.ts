import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, inject } from "vitest";
import { StandInClient } from "../github/client.ts";

const github = new StandInClient(inject("standInUrl"));

beforeEach(async () => {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});

afterEach(async () => {
  // A scripted answer that nobody asked for means that the test did not test what it says.
  const unused = await github.unusedScripts();
  await github.reset();
  await reset();
  if (unused.length > 0) throw new Error(`scripted answers that nobody asked for: ${JSON.stringify(unused)}`);
});
