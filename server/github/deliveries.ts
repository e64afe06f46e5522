/** What GitHub keeps of an App's webhook: its events, its installations, its deliveries, and having one sent again. */
import { z } from "zod";
import type { Config } from "../config.ts";
import { askGitHub, type GitHubReply, USER_AGENT } from "./client.ts";

interface AppDeps {
  readonly config: Pick<Config, "githubApiOrigin">;
  readonly now: () => number;
  readonly platform: { fetch(request: Request): Promise<Response> };
}

/** GitHub's answer, or why there is none that can be used. */
export type AppAnswer<T> =
  | { readonly kind: "answer"; readonly value: T }
  /** The JWT is not the App's: the id and the key do not belong together. */
  | { readonly kind: "unauthorized" }
  | { readonly kind: "failed" };

const WITHIN_MS = 8_000;
const MAX_BYTES = 4 * 1024 * 1024;

const deliverySchema = z.object({
  id: z.int(),
  guid: z.string(),
  delivered_at: z.string().transform((text) => Date.parse(text)),
  redelivery: z.boolean(),
  status_code: z.int(),
  event: z.string(),
  installation_id: z.int().nullish(),
  repository_id: z.int().nullish(),
});

/** One attempt. `guid` is the `x-github-delivery` of all attempts at the same event; `delivered_at` is epoch ms. */
export type AppDelivery = Readonly<z.output<typeof deliverySchema>>;

const installationSchema = z.object({
  id: z.int(),
  account: z.object({ login: z.string().toLowerCase() }).nullable(),
  events: z.array(z.string()),
  repository_selection: z.string(),
  suspended_at: z.string().nullish(),
});

export type AppInstallation = Readonly<z.output<typeof installationSchema>>;

export interface Page<T> {
  readonly items: readonly T[];
  /** The cursor or number of the next page. */
  readonly next: string | undefined;
}

/** `GET /app`: the events the App is subscribed to. */
export async function askAppEvents(jwt: string, deps: AppDeps): Promise<AppAnswer<readonly string[]>> {
  const reply = await get("/app", jwt, deps);
  return read(reply, z.object({ events: z.array(z.string()) }), ({ events }) => events);
}

/** `GET /app/installations`, 100 a page. */
export async function askInstallations(
  jwt: string,
  page: string | undefined,
  deps: AppDeps,
): Promise<AppAnswer<Page<AppInstallation>>> {
  const reply = await get(`/app/installations?per_page=100&page=${page ?? "1"}`, jwt, deps);
  return read(reply, z.array(installationSchema), (items) => ({ items, next: nextOf(reply, "page") }));
}

/** `GET /app/hook/deliveries`, newest first, 100 a page; GitHub keeps the last three days. */
export async function askDeliveries(
  jwt: string,
  cursor: string | undefined,
  deps: AppDeps,
): Promise<AppAnswer<Page<AppDelivery>>> {
  const after = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const reply = await get(`/app/hook/deliveries?per_page=100${after}`, jwt, deps);
  return read(reply, z.array(deliverySchema), (items) => ({ items, next: nextOf(reply, "cursor") }));
}

/** `POST /app/hook/deliveries/{id}/attempts`. True: GitHub will send it again, under the same guid. */
export async function redeliver(jwt: string, deliveryId: number, deps: AppDeps): Promise<boolean> {
  const request = new Request(`${deps.config.githubApiOrigin}/app/hook/deliveries/${deliveryId}/attempts`, {
    method: "POST",
    headers: { ...headersOf(jwt), "user-agent": USER_AGENT },
    redirect: "manual",
    signal: AbortSignal.timeout(WITHIN_MS),
  });
  try {
    const response = await deps.platform.fetch(request);
    await response.body?.cancel();
    return response.status === 202;
  } catch {
    // Reset, refused or timed out: whether GitHub took it shows in the next hour's list.
    return false;
  }
}

const headersOf = (jwt: string): Record<string, string> => ({
  accept: "application/vnd.github+json",
  "x-github-api-version": "2022-11-28",
  authorization: `Bearer ${jwt}`,
});

function get(path: string, jwt: string, deps: AppDeps): Promise<GitHubReply> {
  const url = deps.config.githubApiOrigin + path;
  return askGitHub({ url, headers: headersOf(jwt), deadlineAt: deps.now() + WITHIN_MS, maxBytes: MAX_BYTES }, deps);
}

function read<Schema extends z.ZodType, T>(
  reply: GitHubReply,
  schema: Schema,
  take: (value: z.output<Schema>) => T,
): AppAnswer<T> {
  if (reply.kind !== "reply") return { kind: "failed" };
  if (reply.status === 401) return { kind: "unauthorized" };
  if (reply.status !== 200) return { kind: "failed" };
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(reply.body));
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "failed" };
    throw error;
  }
  const value = schema.safeParse(body);
  return value.success ? { kind: "answer", value: take(value.data) } : { kind: "failed" };
}

/** The parameter of `rel="next"` (RFC 8288); only the parameter is used, never the address. */
function nextOf(reply: GitHubReply, parameter: "cursor" | "page"): string | undefined {
  const link = reply.kind === "reply" ? (reply.headers.get("link") ?? "") : "";
  const [, target] = /<([^>]*)>\s*;\s*rel="next"/.exec(link) ?? [];
  if (target === undefined || !URL.canParse(target)) return undefined;
  return new URL(target).searchParams.get(parameter) ?? undefined;
}
