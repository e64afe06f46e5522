/**
 * An isolate remembered for ever which repository a number names. After a rename the former name may be somebody
 * else's repository, and its answers were then served for the number.
 */
import { expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

const WIDGET = 1_300_192;

it("asks again which repository a number names once its proof has ended", async () => {
  const relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
  await relay.ask(`/repositories/${WIDGET}/issues`);
  await relay.github.rename("acme/widget", "acme/moved");
  relay.later(31_000);
  await relay.github.clearLog();
  const { envelope } = await relay.ask(`/repositories/${WIDGET}/issues`);
  expect(envelope.status).toBe(200);
  expect((await relay.reads()).map(({ path }) => path)).toContain("/repos/acme/moved/issues");
  expect((await relay.reads()).map(({ path }) => path)).not.toContain("/repos/acme/widget/issues");
});
