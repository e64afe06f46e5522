import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fetchPatiently } from "../../web/patient-fetch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A server that does not answer this many times. */
function downFor(times: number) {
  let asked = 0;
  const send = vi.fn<() => Promise<Response>>(async () => {
    asked += 1;
    if (asked <= times) throw new TypeError("Failed to fetch");
    return new Response("up");
  });
  vi.stubGlobal("fetch", send);
  return send;
}

it("outlasts a restart, for reads and for clicks", async () => {
  const send = downFor(3);
  const answer = fetchPatiently("/trpc/identities.pause", { method: "POST" });
  await vi.runAllTimersAsync();
  expect(await (await answer).text()).toBe("up");
  expect(send).toHaveBeenCalledTimes(4);
});

it("gives up at last", async () => {
  const send = downFor(99);
  const outcome = fetchPatiently("/trpc/x", {}).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await outcome).toEqual(new TypeError("Failed to fetch"));
  expect(send).toHaveBeenCalledTimes(4);
});

it("does not ask again for what nobody wants any more", async () => {
  const send = downFor(99);
  const controller = new AbortController();
  controller.abort();
  await expect(fetchPatiently("/trpc/x", { signal: controller.signal })).rejects.toThrow("Failed to fetch");
  expect(send).toHaveBeenCalledTimes(1);
});

it("takes an answer as it is, an error's too", async () => {
  vi.stubGlobal("fetch", async () => new Response("no", { status: 503 }));
  expect((await fetchPatiently("/trpc/x", {})).status).toBe(503);
});
