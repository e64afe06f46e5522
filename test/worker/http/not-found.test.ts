import { describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

describe("an address that is none", () => {
  it.each([
    { who: "a browser", accept: "text/html,application/xhtml+xml,*/*;q=0.8", path: "/nowhere", type: "text/html" },
    { who: "a machine", accept: "*/*", path: "/nowhere", type: "application/json" },
    { who: "a browser among the API's doors", accept: "text/html", path: "/v1/nowhere", type: "application/json" },
  ])("is 404 for $who, as $type", async ({ accept, path, type }) => {
    const response = await new TestRelay().fetch(path, { headers: { accept } });
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toContain(type);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const text = await response.text();
    expect(text).toContain(type === "text/html" ? "There is nothing here" : '"not_found"');
  });
});
