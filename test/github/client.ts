import type {
  AppSetting,
  CanaryOffer,
  CanarySetting,
  Fault,
  InstallationSetting,
  LogEntry,
  QuotaSetting,
  RepositorySetting,
  RequestFilter,
  Resource,
  ScriptedAnswer,
  TokenSetting,
  UserSetting,
} from "./vocabulary.ts";

export type * from "./vocabulary.ts";
export { tokenOf } from "./vocabulary.ts";

/** Sets up and questions a running stand-in over HTTP. Uses only `fetch`, so it works in workerd and in Node. */
export class StandInClient {
  readonly #url: string;

  /** `url`: the stand-in's origin, no slash at its end. */
  constructor(url: string) {
    this.#url = url;
  }

  /** Back to the default world: no scripts, faults, gates or log; quotas full. Held requests are let go. */
  async reset(): Promise<void> {
    await this.#call("reset", {});
  }

  /** Adds answers that win over the world. Among several that match, the first that is not used up answers. */
  async script(answers: readonly ScriptedAnswer[]): Promise<void> {
    await this.#call("script", { answers });
  }

  /** Answers nobody asked for yet; those with `times` until they are used up. */
  unusedScripts(): Promise<readonly ScriptedAnswer[]> {
    return this.#call("unused-scripts", {});
  }

  /** Requests in order of arrival, at most the last 20,000. */
  log(filter: RequestFilter = {}): Promise<readonly LogEntry[]> {
    return this.#call("log", { filter });
  }

  async clearLog(): Promise<void> {
    await this.#call("clear-log", {});
  }

  /** Resolves when `count` matching requests have arrived since the log was cleared; rejects after `timeoutMs`. */
  waitFor(count: number, filter: RequestFilter = {}, timeoutMs = 10_000): Promise<readonly LogEntry[]> {
    return this.#call("wait-for", { count, filter, timeout_ms: timeoutMs });
  }

  async addUser(user: UserSetting): Promise<void> {
    await this.#call("add-user", user);
  }

  async addToken(token: TokenSetting): Promise<void> {
    await this.#call("add-token", token);
  }

  async removeToken(token: string): Promise<void> {
    await this.#call("remove-token", { token });
  }

  /** See private-words.ts. */
  async plantCanary(canary: CanarySetting): Promise<void> {
    await this.#call("plant-canary", canary);
  }

  /** Every question whose answer held the marker, and whose credential it was. */
  async canaryOffers(): Promise<readonly CanaryOffer[]> {
    return this.#call("canary-offers", {});
  }

  async addInstallation(installation: InstallationSetting): Promise<void> {
    await this.#call("add-installation", installation);
  }

  async removeInstallation(id: number): Promise<void> {
    await this.#call("remove-installation", { id });
  }

  /** The one App, in place of an earlier one. */
  async setApp(app: AppSetting): Promise<void> {
    await this.#call("set-app", app);
  }

  /** Quotas belong to the user, so every token of `login` sees the change. */
  async setQuota(login: string, resource: Resource, quota: QuotaSetting): Promise<void> {
    await this.#call("set-quota", { login, resource, ...quota });
  }

  /** For every address. */
  async setAnonymousQuota(resource: Resource, quota: QuotaSetting): Promise<void> {
    await this.#call("set-anonymous-quota", { resource, ...quota });
  }

  async setOrgMember(org: string, login: string, member: boolean): Promise<void> {
    await this.#call("set-org-member", { org, login, member });
  }

  /** Milliseconds every matching request waits before it is answered; the newest filter that matches decides. */
  async setLatency(ms: number, filter: RequestFilter = {}): Promise<void> {
    await this.#call("set-latency", { ms, filter });
  }

  async addFault(fault: Fault): Promise<void> {
    await this.#call("add-fault", fault);
  }

  async clearFaults(): Promise<void> {
    await this.#call("clear-faults", {});
  }

  async addRepository(repository: RepositorySetting): Promise<void> {
    await this.#call("add-repository", repository);
  }

  async setVisibility(fullName: string, visibility: "public" | "private" | "deleted"): Promise<void> {
    await this.#call("set-visibility", { full_name: fullName, visibility });
  }

  /** The old name answers 301 to `/repositories/<id>` from now on. */
  async rename(from: string, to: string): Promise<void> {
    await this.#call("rename", { from, to });
  }

  /** Changes a resource, with all its pages and media types, so that its etag changes. */
  async touch(path: string): Promise<void> {
    await this.#call("touch", { path });
  }

  /** Holds matching requests, which are in the log already, until the gate is released. */
  async gate(name: string, filter: RequestFilter = {}): Promise<void> {
    await this.#call("gate", { name, filter });
  }

  async release(name: string): Promise<void> {
    await this.#call("release", { name });
  }

  /** Moves the stand-in's clock forward, for quota resets. */
  async advanceClock(ms: number): Promise<void> {
    await this.#call("advance-clock", { ms });
  }

  async #call<T>(door: string, argument: unknown): Promise<T> {
    const response = await fetch(`${this.#url}/_standin/${door}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(argument),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`stand-in GitHub, ${door}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }
}
