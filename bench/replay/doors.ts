/**
 * JSON in, JSON out, on a connection of its own each time: workerd closes one that has just answered after many seconds,
 * and a request that is on its way meanwhile is lost.
 */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import type { Workers } from "../miniflare.ts";

export function post(workers: Workers, door: string, token: string | undefined, body: object): Promise<unknown> {
  return send("POST", workers.url + door, token, body);
}

export function put(workers: Workers, door: string, token: string, body: object): Promise<unknown> {
  return send("PUT", workers.url + door, token, body);
}

/** @throws Error with what the door said, where it refused. */
async function send(method: string, url: string, token: string | undefined, body: object): Promise<unknown> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number; readonly answer: string }>();
  const asked = request(url, { method, headers, agent: false }, (response) => {
    text(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), reject);
  });
  asked.on("error", reject);
  asked.end(JSON.stringify(body));
  const { status, answer } = await promise;
  if (status < 200 || status > 299) throw new Error(`${method} ${url} answered ${status}: ${answer.slice(0, 400)}`);
  return JSON.parse(answer) as unknown;
}
