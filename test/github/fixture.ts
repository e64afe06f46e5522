import { afterAll, beforeAll, beforeEach } from "vitest";
import { tokenOf, type StandInClient } from "./client.ts";
import { startStandIn, type StandIn } from "./server.ts";

export interface Asker {
  readonly client: StandInClient;
  readonly url: string;
  /** Asks as a user, or anonymously; redirects are not followed. */
  readonly get: (path: string, login?: string, headers?: Record<string, string>) => Promise<Response>;
}

/** One stand-in for a test file with a clock that stands still, reset before each test. */
export function standInForTests(): () => Asker {
  let standIn: StandIn | undefined;
  const running = (): StandIn => {
    if (standIn === undefined) throw new Error("the stand-in has not started");
    return standIn;
  };
  beforeAll(async () => {
    standIn = await startStandIn({ now: () => Date.UTC(2026, 0, 1) });
  });
  beforeEach(() => running().client.reset());
  afterAll(() => running().close());
  return () => {
    const { url, client } = running();
    return {
      url,
      client,
      get: (path, login, headers = {}) =>
        fetch(url + path, {
          redirect: "manual",
          headers: {
            "user-agent": "octopool-test",
            ...(login === undefined ? {} : { authorization: `Bearer ${tokenOf(login)}` }),
            ...headers,
          },
        }),
    };
  };
}
