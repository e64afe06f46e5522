/** What one request may use. Built by worker.ts; stages take the narrow part they need. */
import type { Config } from "./config.ts";
import type { CoordinatorDoors } from "./coordinator/protocol.ts";
import type { Isolate } from "./isolate.ts";
import type { Db } from "./store/db.ts";

/** The runtime as the code sees it, so that tests can hold the clock and count what is asked. */
export interface Platform {
  /** Epoch milliseconds. */
  now(): number;
  randomId(): string;
  fetch(request: Request): Promise<Response>;
  readonly edge: {
    match(key: string): Promise<Response | undefined>;
    put(key: string, response: Response): Promise<void>;
    delete(key: string): Promise<boolean>;
  };
}

export interface Deps {
  readonly config: Config;
  readonly now: () => number;
  readonly platform: Platform;
  readonly db: Db;
  readonly bucket: R2Bucket;
  /** What this isolate remembers between requests. */
  readonly isolate: Isolate;
  readonly coordinator: (poolId: string) => CoordinatorDoors;
  /** The credential behind an identity's secret_ref. */
  readonly secret: (secretRef: string) => string | undefined;
  /** Runs on after the answer; its failure is logged by name, never thrown. */
  readonly background: (work: Promise<unknown>) => void;
  readonly requestId: string;
  /** In full to the log, which only operators of the server read. */
  readonly logFailure: (error: unknown) => void;
  /** A file of the client's build, by its path. */
  readonly asset: (path: string) => Promise<Response>;
  /** For the limits on guessing. */
  readonly clientAddress: string;
  /** The data centre, for the anonymous budget; `local` off Cloudflare. */
  readonly colo: string;
  /** The origin the client asked, and what kind of host it is. */
  readonly origin: string;
  readonly host: "app" | "install";
}
