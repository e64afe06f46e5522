/** A browser's cookies of one origin, which follows no redirect unasked, before a relay with sign-in. */
import { stringify, parse } from "devalue";
import { POOL, type TestRelay } from "./relay.ts";

export const OAUTH = { GITHUB_OAUTH_CLIENT_ID: "client-1", GITHUB_OAUTH_CLIENT_SECRET: "oauth-secret-for-tests" };

export interface TrpcAnswer {
  readonly status: number;
  /** What the procedure answered; undefined where it refused. */
  readonly data: unknown;
  /** `code` of the error catalogue; undefined where it answered. */
  readonly refusal: { readonly code: string; readonly requestId: string } | undefined;
  readonly message: string | undefined;
}

export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #relay: TestRelay;

  constructor(relay: TestRelay) {
    this.#relay = relay;
  }

  async get(path: string): Promise<Response> {
    return this.take(await this.#relay.fetch(path, { headers: this.headers(), redirect: "manual" }));
  }

  async post(path: string, origin: string | undefined): Promise<Response> {
    const headers = { ...this.headers(), ...(origin === undefined ? {} : { origin }) };
    return this.take(await this.#relay.fetch(path, { method: "POST", headers, redirect: "manual" }));
  }

  headers(): Record<string, string> {
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  }

  take(response: Response): Response {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = "", rest = ""] = /^([^=]+)=([^;]*)(.*)$/.exec(cookie) ?? [];
      if (rest.includes("Max-Age=0")) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /** To GitHub and back: the callback's address, not yet visited. */
  async visitGitHub(login: string, next = "/dashboard"): Promise<string> {
    const begun = await this.get(`/login/github?next=${encodeURIComponent(next)}`);
    const target = new URL(begun.headers.get("location") ?? "");
    target.searchParams.set("login", login);
    const agreed = await fetch(target, { redirect: "manual" });
    const back = new URL(agreed.headers.get("location") ?? "");
    return back.pathname + back.search;
  }

  async signIn(login: string, next?: string): Promise<Response> {
    return this.get(await this.visitGitHub(login, next));
  }

  /** Signed in, with the operator role in the relay's pool. */
  async signInAsOperator(login: string): Promise<this> {
    await makeOperator(this.#relay, login, "admin");
    await this.signIn(login);
    return this;
  }

  /** Asks a query as the page does. */
  async query(procedure: string, input?: unknown): Promise<TrpcAnswer> {
    const given = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(stringify(input)))}`;
    return answerOf(await this.get(`/trpc/${procedure}${given}`));
  }

  /** Asks for a change as the page does; with other headers as another page would. */
  async mutate(
    procedure: string,
    input: unknown,
    headers: Readonly<Record<string, string>> = { origin: this.#relay.origin, "sec-fetch-site": "same-origin" },
  ): Promise<TrpcAnswer> {
    return answerOf(
      await this.#relay.fetch(`/trpc/${procedure}`, {
        method: "POST",
        headers: {
          ...this.headers(),
          "content-type": "application/json",
          ...headers,
        },
        body: JSON.stringify(stringify(input)),
      }),
    );
  }
}

export async function makeOperator(
  relay: TestRelay,
  login: string,
  role: "admin" | "none",
  pool = POOL,
): Promise<void> {
  const response = await relay.admin("POST", "/v1/admin/operators", { pool, github_login: login, role });
  if (response.status !== 200) throw new Error(`operator: ${response.status} ${await response.text()}`);
}

async function answerOf(response: Response): Promise<TrpcAnswer> {
  const body = (await response.json()) as { result?: { data: string }; error?: unknown };
  const error = typeof body.error === "string" ? (parse(body.error) as ErrorShape) : undefined;
  return {
    status: response.status,
    data: body.result === undefined ? undefined : parse(body.result.data),
    refusal: error?.data.refusal,
    message: error?.message,
  };
}

interface ErrorShape {
  readonly message: string;
  readonly data: { readonly refusal: { readonly code: string; readonly requestId: string } };
}
