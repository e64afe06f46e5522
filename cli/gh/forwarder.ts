/** Answers each of gh's requests: reads that the catalogue knows through the relay, everything else as gh meant it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { isTransient, type Refusal } from "../refusal.ts";
import { decide, type DirectReason, type RelayedRead } from "./decision.ts";
import type { Direct } from "./direct.ts";
import { readGraphql, repositoryOfPath, type OwnWrites } from "./own-writes.ts";
import type { RelayAnswer, RelayReader } from "./relay-reader.ts";
import type { RelayRest } from "./relay-rest.ts";
import type { Report } from "./report.ts";

export interface ForwarderNeeds {
  readonly read: RelayReader;
  readonly rest: RelayRest;
  readonly direct: Direct;
  readonly writes: Pick<OwnWrites, "note">;
  readonly report: Report;
  /** The relay's origin, for people. */
  readonly relayUrl: string;
  readonly retries: number;
  /** OCTOPOOL_NO_FALLBACK: what the relay does not serve fails. */
  readonly mayFallBack: boolean;
  readonly freshness: (repository: string | undefined, own: string | undefined) => string | undefined;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Reads about the asker, and what is no read of the API, are nobody's but the user's: no relay could serve them. */
const NEVER_RELAYED: ReadonlySet<DirectReason> = new Set([
  "other_host",
  "graphql",
  "write",
  "head",
  "anonymous",
  "about_the_asker",
]);
/** A GraphQL query is some kilobytes; one past this is passed on unread, as if it wrote. */
const MAX_GRAPHQL_BYTES = 4 * 1024 * 1024;

/** The server to which gh's connections are given. It listens nowhere itself. */
export function createForwarder(needs: ForwarderNeeds): Server {
  const forwarder = new Forwarder(needs);
  const options = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, maxHeaderSize: 256 * 1024 };
  return createServer(options, (request, response) => void forwarder.serve(request, response));
}

class Forwarder {
  readonly #needs: ForwarderNeeds;
  /** A relay that refused for good reasons until patience ended is not asked twice again in this run. */
  #isPatient = true;

  constructor(needs: ForwarderNeeds) {
    this.#needs = needs;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", headers, url: target = "/" } = request;
    const host = (headers.host ?? "").toLowerCase();
    const decision = decide({ method, host, target, headers });
    try {
      if (decision.kind === "relay") await this.#serveRead(request, response, decision.read);
      else if (NEVER_RELAYED.has(decision.why)) await this.#sendDirect(request, response, decision.why);
      else await this.#fallBack(request, response, decision.why);
    } catch (error) {
      // gh sees a connection that broke, as it would have without us, and says so in its own words.
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      if (!request.socket.destroyed) this.#needs.report.note(`${host} could not be reached (${code})`);
      request.socket.destroy();
    }
  }

  async #serveRead(request: IncomingMessage, response: ServerResponse, read: RelayedRead): Promise<void> {
    const { report, rest, relayUrl } = this.#needs;
    const resting = rest.since();
    if (resting !== undefined) {
      report.note(`the relay failed ${resting} s ago; until it has rested 30 s GitHub answers directly`);
      return this.#fallBack(request, response, "relay_resting");
    }
    const answer = await this.#ask(request, read);
    switch (answer.kind) {
      case "github":
        return this.#answer(request, response, answer);
      case "broken":
        if (request.socket.destroyed) return;
        rest.begin();
        report.note(`the relay at ${relayUrl} ${answer.why}; GitHub answers directly for the next 30 s`);
        return this.#fallBack(request, response, "relay_broken");
      case "refused":
        return this.#fallBack(request, response, this.#reasonOf(answer.refusal));
      default:
        return answer satisfies never;
    }
  }

  async #ask(request: IncomingMessage, read: RelayedRead): Promise<RelayAnswer> {
    const { freshness, retries, sleep } = this.#needs;
    const bound = freshness(read.repository, request.headers["cache-control"]);
    const headers = bound === undefined ? read.headers : { ...read.headers, "cache-control": bound };
    const abort = new AbortController();
    const gone = () => abort.abort();
    request.socket.once("close", gone);
    try {
      for (let attempt = 0; ; attempt += 1) {
        const answer = await this.#needs.read({ path: read.path, query: read.query, headers }, abort.signal);
        if (answer.kind !== "refused" || !isTransient(answer.refusal)) return answer;
        if (attempt >= retries || !this.#isPatient || request.socket.destroyed) {
          this.#isPatient = false;
          return answer;
        }
        await sleep(attempt === 0 ? 1000 : 3000);
      }
    } finally {
      request.socket.removeListener("close", gone);
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { status, headers, body, facts }: Extract<RelayAnswer, { kind: "github" }>,
  ): Promise<void> {
    const { report } = this.#needs;
    const cache = facts.cache ?? "unknown";
    report.count(`relay ${cache}`);
    report.debug(`relay ${cache} ${status} ${request.method} ${request.url}`);
    report.cached(facts);
    if (!Buffer.isBuffer(body)) {
      response.writeHead(status, { ...headers });
      return pipeline(body, response);
    }
    const length = status === 204 || status === 304 ? {} : { "content-length": String(body.length) };
    response.writeHead(status, { ...headers, ...length });
    response.end(body);
  }

  #reasonOf(refusal: Refusal): string {
    const { code, details, message } = refusal;
    if (code === "fallback_local") return details["reason"] ?? code;
    if (code === "missing_auth" || code === "invalid_auth") {
      this.#needs.report.note(`the relay does not know you (${message}); next: octopool login ${this.#needs.relayUrl}`);
      return "not_logged_in";
    }
    if (code === undefined) {
      this.#needs.rest.begin();
      this.#needs.report.note(
        `the relay at ${this.#needs.relayUrl} answered ${refusal.status} without saying why; GitHub answers directly for the next 30 s`,
      );
      return "relay_broken";
    }
    return code;
  }

  async #fallBack(request: IncomingMessage, response: ServerResponse, reason: string): Promise<void> {
    const { report, mayFallBack } = this.#needs;
    if (mayFallBack) return this.#sendDirect(request, response, `fallback ${reason}`);
    report.count(`refused ${reason}`);
    report.debug(`refused ${reason} ${request.method} ${request.url}`);
    const body = JSON.stringify({
      message: `octopool: the relay does not serve this read (${reason}), and OCTOPOOL_NO_FALLBACK is set`,
    });
    response.writeHead(503, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  }

  async #sendDirect(request: IncomingMessage, response: ServerResponse, why: string): Promise<void> {
    const { direct, report, writes } = this.#needs;
    report.count(why.startsWith("fallback ") ? why : `direct ${why}`);
    report.debug(`direct ${why} ${request.method} ${request.headers.host} ${request.url}`);
    if (why === "graphql") return this.#sendGraphql(request, response);
    const repository = repositoryOfPath(request.url ?? "");
    // Uploads go to a host of their own.
    const isWrite = why === "write" || (why === "other_host" && !isReading(request) && repository !== undefined);
    if (!isWrite) return direct.send(request, response);
    writes.note(repository);
    await direct.send(request, response);
    writes.note(repository); // GitHub may have needed a while
  }

  async #sendGraphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { direct, writes } = this.#needs;
    const length = request.headers["content-length"];
    if (length === undefined || Number(length) > MAX_GRAPHQL_BYTES) {
      writes.note(undefined);
      return direct.send(request, response);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { isMutation, repository } = readGraphql(body.toString("utf8"));
    if (isMutation) writes.note(repository);
    await direct.send(request, response, body);
    if (isMutation) writes.note(repository);
  }
}

const isReading = ({ method }: IncomingMessage): boolean => method === "GET" || method === "HEAD";
