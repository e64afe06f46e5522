/**
 * What this isolate remembers between requests. Every memo has an end no later than the revocation bound
 * (`CONFIG_TTL_SECONDS`), every map a size, and strangers' guesses have maps of their own.
 */
import { BoundedMap } from "./bounded-map.ts";
import { Guessing } from "./http/guessing.ts";
import type { Status } from "./http/status.ts";
import { AuditLog } from "./relay/audit.ts";
import { PublicMembers } from "./relay/cleaning/public-members.ts";
import { EdgeLooks } from "./relay/edge-looks.ts";
import { MemoryCache } from "./relay/memory-cache.ts";
import { PlainFiles } from "./relay/plain-files.ts";
import type { Caller, Pool } from "./relay/stages.ts";
import { TokenMemo } from "./relay/token-memo.ts";
import { POOL_SCOPE } from "./store/generations.ts";

const CALLERS = 2_000;
const REPOSITORIES = 5_000;
const POOLS = 200;
const FILLING = 5_000;

export interface Memo<T> {
  readonly value: T;
  readonly until: number;
}

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

export interface ProofMemo {
  readonly isPublic: boolean;
  /** The proof's own end: a memo never outlives it. */
  readonly expiresAt: number;
  /** When this isolate must look again whatever the proof says. */
  readonly until: number;
  /** When GitHub was asked; 0 where another isolate's word was taken for it. Whatever D1 learnt later overrules it. */
  readonly checkedAt: number;
  readonly repositoryId: number | undefined;
  /** As GitHub writes it; of a renamed repository, its name now. */
  readonly fullName: string | undefined;
}

export interface EpochMemo {
  /** Undefined: this isolate purged something of the scope, and D1 has not told the epoch since. */
  readonly epoch: number | undefined;
  /** When D1 was asked, not when it answered: a purge in between may be missing. */
  readonly askedAt: number;
  /** When this isolate itself purged something of the scope last. */
  readonly endedAt?: number | undefined;
  /** Webhooks reach us for the repository: a purge must show within two seconds. */
  readonly covered: boolean;
}

export interface RateMemo {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
  readonly readAt: number;
}

/** Where not as long as usual. */
export interface Waits {
  /** How long an audit row waits for others. */
  readonly auditGatherMs?: number | undefined;
  /** How long a request waits for another's look at the edge, at most. */
  readonly edgeWaitMs?: number | undefined;
}

export const epochName = (poolId: string, scope: string): string => `${poolId} ${scope}`;

export class Isolate {
  readonly id: string;
  /** The data centre it runs in, once a request has told. */
  colo: string | undefined;
  readonly callers = new BoundedMap<string, Memo<Caller>>(CALLERS);
  /** Token hashes that D1 did not know, apart from the callers so that guesses push none of them out. */
  readonly strangers = new BoundedMap<string, number>(CALLERS);
  readonly pools = new BoundedMap<string, Memo<Pool>>(POOLS);
  readonly proofs = new BoundedMap<string, ProofMemo>(REPOSITORIES);
  /** Repositories that answers referred to and that are not public, until when. Their names are written nowhere else. */
  readonly hiddenReferences = new BoundedMap<string, number>(REPOSITORIES);
  readonly publicMembers = new PublicMembers();
  /**
   * Which repository a number names, as proofs told. Names only: whether it may be served is asked every time. They end
   * with the proof that told them, since a former name may be another repository's by then.
   */
  readonly repositoryNames = new BoundedMap<number, Memo<RepositoryName>>(REPOSITORIES);
  readonly epochs = new BoundedMap<string, EpochMemo>(REPOSITORIES);
  readonly filling = new BoundedMap<string, number>(FILLING);
  readonly fillingCold = new BoundedMap<string, number>(FILLING);
  readonly edgeLooks: EdgeLooks;
  readonly rates = new Map<string, RateMemo>();
  /** Token-free sources and until when they rest. */
  readonly rests = new Map<string, number>();
  readonly plainFiles = new PlainFiles();
  readonly entries = new MemoryCache();
  readonly tokens = new TokenMemo();
  readonly guessing = new Guessing();
  /** What the status door saw last. */
  status: Memo<Status> | undefined;
  readonly audit: AuditLog;
  /**
   * Grow with what is forgotten below. A read of D1 that was under way meanwhile may bring back what was just ended, so
   * what it says is remembered only where the number is still the one from before it asked.
   */
  changes = 0;
  purges = 0;

  constructor(id: string, { auditGatherMs, edgeWaitMs }: Waits = {}) {
    this.id = id;
    this.edgeLooks = new EdgeLooks(edgeWaitMs);
    this.audit = new AuditLog({ isolateId: id, gatherMs: auditGatherMs });
  }

  /** After an operator's change: at once here, within the revocation bound elsewhere. */
  forgetPool(poolId: string): void {
    this.changes += 1;
    this.pools.delete(poolId);
  }

  forgetCallers(): void {
    this.changes += 1;
    this.callers.clear();
    this.strangers.clear();
  }

  /** After a purge of keys of these scopes. What ends pool-wide keys moves the epochs of all scopes. */
  endEpochs(poolId: string, scopes: Iterable<string>, now: number): void {
    this.purges += 1;
    const ended = new Set(scopes);
    if (ended.has(POOL_SCOPE)) this.epochs.clear();
    for (const scope of ended)
      this.epochs.set(epochName(poolId, scope), { epoch: undefined, askedAt: now, endedAt: now, covered: false });
  }
}
