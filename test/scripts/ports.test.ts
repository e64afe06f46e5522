import { createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { freePort, freePortNear, LOOPBACK, readPort } from "../../scripts/ports.ts";

const open: { close(): Promise<void> }[] = [];

async function aTakenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, () => resolve()));
  open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

describe("freePort", () => {
  it("is undefined where something listens", async () => {
    expect(await freePort(await aTakenPort())).toBeUndefined();
  });

  it("is the port itself once nothing listens", async () => {
    const port = await aTakenPort();
    await open.pop()?.close();
    expect(await freePort(port)).toBe(port);
  });
});

describe("freePortNear", () => {
  it("takes another port where the wanted one is taken", async () => {
    const taken = await aTakenPort();
    const port = await freePortNear(taken);
    expect(port).not.toBe(taken);
    expect(await freePort(port)).toBe(port);
  });
});

it.each([
  { text: "1", port: 1 },
  { text: "8787", port: 8787 },
  { text: "65535", port: 65_535 },
  { text: "0", port: undefined },
  { text: "65536", port: undefined },
  { text: "8787x", port: undefined },
  { text: "-1", port: undefined },
  { text: "", port: undefined },
])('"$text" as a port is $port', ({ text, port }) => {
  expect(readPort(text)).toBe(port);
});
