/** The one way to the server: a typed client of /trpc, and what went wrong there as a value a page can show. */
import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { parse, stringify } from "devalue";
import type { AppRouter } from "../server/admin/router.ts";
import { fetchPatiently } from "./patient-fetch.ts";

export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;

export const api = createTRPCClient<AppRouter>({
  links: [
    httpLink({
      url: "/trpc",
      fetch: (url, options) => fetchPatiently(url as string, options as RequestInit),
      transformer: {
        serialize: (value: unknown) => stringify(value),
        deserialize: (text: string) => parse(text) as unknown,
      },
    }),
  ],
});

/** A failure as people read it. */
export interface Failure {
  /** Of the error catalogue, or `unreachable` where no answer came. */
  readonly code: string;
  readonly message: string;
  /** Empty where no answer came. */
  readonly requestId: string;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof TRPCClientError) {
    const { message, data } = error as TRPCClientError<AppRouter>;
    if (data?.refusal !== undefined) {
      return { code: data.refusal.code, message, requestId: data.refusal.requestId };
    }
  }
  return { code: "unreachable", message: "The server did not answer.", requestId: "" };
}

/** What was asked for is of no interest any more; not a failure. */
export function isAborted(error: unknown): boolean {
  const cause = error instanceof TRPCClientError ? error.cause : error;
  return cause instanceof DOMException && cause.name === "AbortError";
}
