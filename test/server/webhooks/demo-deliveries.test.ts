/** What the demo of `npm start` delivers is what this server understands. */
import { describe, expect, it } from "vitest";
import { deliveriesOf, ping, signatureOf } from "../../../scripts/demo/deliveries.ts";
import { mapEvent } from "../../../server/webhooks/map-event.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const push = { kind: "push", repository: "acme-inc/relay", pull: 7, run: 30_433_001 } as const;

describe("the demo's deliveries", () => {
  it("tell that the organization's repositories are covered", () => {
    const { event, payload } = ping();
    expect(mapEvent(event, payload).coverage).not.toEqual([]);
  });

  it("end something each", () => {
    for (const { event, payload } of deliveriesOf(push, SHA))
      expect(mapEvent(event, payload).keys, event).not.toEqual([]);
  });

  it("end the pull request, the run and the branch that were pushed to", () => {
    const keys = deliveriesOf(push, SHA).flatMap(({ event, payload }) => mapEvent(event, payload).keys);
    expect(keys).toEqual(
      expect.arrayContaining(["pull:acme-inc/relay#7", "run:acme-inc/relay/30433001", "refs:acme-inc/relay"]),
    );
  });

  it("are signed as GitHub documents it", () => {
    // docs.github.com, "Validating webhook deliveries", Testing the webhook payload validation.
    expect(signatureOf("Hello, World!", "It's a Secret to Everybody")).toBe(
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    );
  });
});
