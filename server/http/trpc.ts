/** /trpc/*: the dashboard's API. Reads by GET, changes by POST from a page of ours; nothing is ever stored by anyone. */
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { RelayError } from "../../shared/errors.ts";
import { appRouter } from "../admin/router.ts";
import { asRefusal, type AdminContext } from "../admin/trpc.ts";
import type { Deps } from "../deps.ts";
import { readBounded } from "../github/client.ts";
import { MAX_BODY_BYTES } from "./read-body.ts";
import { SECURITY_HEADERS } from "./respond.ts";
import { findVisitor, isSameOrigin } from "./session.ts";

export const TRPC_PATH = "/trpc";

/** @throws RelayError not_found on the install host, request_too_large. */
export async function trpc(request: Request, deps: Deps): Promise<Response> {
  if (deps.host === "install") throw new RelayError("not_found");
  const createContext = async (): Promise<AdminContext> => ({
    deps,
    visitor: await findVisitor(request, deps),
    isSameOrigin: isSameOrigin(request, deps),
  });
  const response = await fetchRequestHandler({
    endpoint: TRPC_PATH,
    req: await withBoundedBody(request),
    router: appRouter,
    createContext,
    onError: ({ error }) => {
      const refusal = asRefusal(error);
      if (refusal.code === "internal_error") deps.logFailure(error.cause ?? error);
    },
  });
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
  response.headers.set("cache-control", "no-store");
  return response;
}

async function withBoundedBody(request: Request): Promise<Request> {
  if (request.method !== "POST") return request;
  const body = await readBounded(request, MAX_BODY_BYTES);
  if (body === undefined) throw new RelayError("request_too_large");
  return new Request(request.url, { method: "POST", headers: request.headers, body });
}
