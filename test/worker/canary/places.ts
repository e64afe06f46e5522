/**
 * Everywhere that something of an answer may come to lie, or be shown. What is packed is unpacked first. A room that keeps
 * or shows more is one more line in PLACES.
 */
import { env } from "cloudflare:workers";
import { realPlatform } from "../../../server/create-worker.ts";
import { storedBy } from "../support/coordinator-env.ts";
import { ADMIN_TOKEN, POOL, type TestRelay } from "../support/relay.ts";
import { readDashboard } from "./dashboard.ts";

export interface Place {
  readonly name: string;
  /** All its text. */
  readonly read: (relay: TestRelay) => Promise<string>;
}

export const PLACES: readonly Place[] = [
  { name: "D1", read: readDatabase },
  { name: "R2", read: readBucket },
  { name: "the edge", read: readEdge },
  { name: "the coordinator's storage", read: () => storedBy(POOL) },
  { name: "the coordinator's snapshot", read: readSnapshot },
  ...["stats", "health", "standing"].map((door) => ({
    name: door,
    read: (relay: TestRelay) => readDoor(relay, `/v1/pools/${POOL}/${door}`, relay.callerToken),
  })),
  { name: "the status that anybody may ask for", read: (relay) => readDoor(relay, "/v1/status") },
  { name: "metrics", read: (relay) => readDoor(relay, "/metrics", ADMIN_TOKEN) },
  { name: "the pool's admin door", read: (relay) => readDoor(relay, `/v1/admin/pools/${POOL}`, ADMIN_TOKEN) },
];

/** All of it is made of what lies in the places above: one kind of identity in each group of rows is enough. */
export const DASHBOARD: Place = { name: "the dashboard's data", read: (relay) => readDashboard(relay, OPERATOR) };

/** Whose role in the pool shows him the dashboard: not one of those whom the stand-in tells more. */
const OPERATOR = "carol";

/** Every cell of every table. */
async function readDatabase(): Promise<string> {
  const tables = await env.DB.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
  ).all<{ name: string }>();
  const texts: string[] = [];
  for (const { name } of tables.results) {
    const { results } = await env.DB.prepare(`SELECT * FROM "${name}"`).all();
    for (const row of results) for (const cell of Object.values(row)) texts.push(await unpackText(String(cell)));
  }
  return texts.join("\n");
}

async function readBucket(): Promise<string> {
  const texts: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await env.ACTIONS_LOGS.list({
      include: ["customMetadata"],
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { key, customMetadata } of page.objects) {
      const object = await env.ACTIONS_LOGS.get(key);
      texts.push(
        key,
        JSON.stringify(customMetadata ?? {}),
        await unpack(new Uint8Array((await object?.arrayBuffer()) ?? [])),
      );
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return texts.join("\n");
}

async function readEdge(relay: TestRelay): Promise<string> {
  const texts: string[] = [];
  for (const name of await relay.atEdge()) {
    const copy = await realPlatform().edge.match(name);
    texts.push(
      name,
      JSON.stringify([...(copy?.headers ?? [])]),
      await unpack(new Uint8Array((await copy?.arrayBuffer()) ?? [])),
    );
  }
  return texts.join("\n");
}

const stub = () => env.POOL_COORDINATOR.get(env.POOL_COORDINATOR.idFromName(`pool:${POOL}`));

async function readSnapshot(): Promise<string> {
  return JSON.stringify(await stub().snapshot(["canary"]));
}

async function readDoor(relay: TestRelay, path: string, token?: string): Promise<string> {
  const init = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
  const response = await relay.fetch(path, init);
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  return JSON.stringify([...response.headers]) + (await response.text());
}

/** Bodies lie in D1 gzipped and as base64 text. */
async function unpackText(text: string): Promise<string> {
  return text.startsWith("H4sI") ? `${text}\n${await unpack(Buffer.from(text, "base64"))}` : text;
}

async function unpack(bytes: Uint8Array): Promise<string> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return Buffer.from(bytes).toString("utf8");
  const plain = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  return plain.text();
}
