/** A server's own HTTP doors, for scripts that fill one. */
import { Problem } from "./problem.ts";

export class Doors {
  readonly #url: string;
  readonly #send: typeof fetch;

  constructor(url: string, send: typeof fetch = fetch) {
    this.#url = url;
    this.#send = send;
  }

  async opens(pool: string, callerToken: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${callerToken}` };
    const response = await this.#send(`${this.#url}/v1/pools/${pool}/health`, { headers });
    await response.arrayBuffer();
    return response.ok;
  }

  /** @throws Problem naming the door and the server's refusal. */
  async post(door: string, token: string | undefined, body: object): Promise<unknown> {
    const response = await this.#send(`${this.#url}${door}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Problem(`POST ${door} answered ${response.status}: ${refusalIn(text)}`);
    return JSON.parse(text) as unknown;
  }
}

/** `code: sentence (request id)` of an error body; the text itself where it is none. */
function refusalIn(text: string): string {
  if (!text.startsWith("{")) return text.slice(0, 200);
  const { error } = JSON.parse(text) as { error?: { code?: string; message?: string; request_id?: string } };
  return error === undefined ? text.slice(0, 200) : `${error.code}: ${error.message} (request ${error.request_id})`;
}
