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
  await forgetEverything();
  if (unused.length > 0) throw new Error(`scripted answers that nobody asked for: ${JSON.stringify(unused)}`);
});

const TRIES = 5;

/** Told to delete a database of a hundred megabytes, workerd may go on with the one it has open: then it is told again. */
async function forgetEverything(): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    await reset();
    const left = await env.DB.prepare("SELECT count(*) AS tables FROM sqlite_master WHERE name = 'callers'").first();
    if (left?.["tables"] === 0) return;
  }
  throw new Error("D1 still holds what an earlier test wrote");
}
