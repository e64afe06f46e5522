/** What gh does not have to wait for: the HTTP server, the way out and the relay, loaded while gh starts. */
import type { Socket } from "node:net";
import { placeOf } from "../http.ts";
import { createWayOut } from "../network/way-out.ts";
import { createDirect } from "./direct.ts";
import { createForwarder } from "./forwarder.ts";
import { recordRun, sweepUsage } from "./local-usage.ts";
import { sweepMarks } from "./marks.ts";
import { createRelayReader } from "./relay-reader.ts";
import { openRelayRest } from "./relay-rest.ts";
import type { ForwardedRun, Gathered } from "./forwarded-run.ts";
import { sweepRuns } from "./run-directory.ts";

/** Design 7: how long a relay may take before GitHub is asked instead. */
const CONNECT_MS = 2_000;
const ANSWER_MS = 20_000;

export interface OpenForwarder {
  /** A connection of gh's. */
  take(socket: Socket): void;
  /** Ends every connection and notes what was counted. */
  close(): void;
}

interface Needs extends ForwardedRun, Gathered {
  readonly placeholder: string | undefined;
}

export function openForwarder(needs: Needs): OpenForwarder {
  const { env, caller, marks, machine, report, state } = needs;
  const url = new URL(caller.url);
  const secure = url.protocol === "https:";
  const wayOut = createWayOut({ env, secure, connectMs: CONNECT_MS });
  const rest = openRelayRest(marks, caller.url);
  if (rest.since() === undefined) wayOut.prepare({ ...placeOf(url), secure });
  const direct = createDirect({ env, socketPath: needs.config.socketPath, placeholder: needs.placeholder });
  const server = createForwarder({
    ...needs,
    read: createRelayReader({ caller, wayOut, answerMs: ANSWER_MS, now: () => machine.now() }),
    rest,
    direct,
    relayUrl: caller.url,
    mayFallBack: env["OCTOPOOL_NO_FALLBACK"] !== "1",
    sleep: (milliseconds) => machine.sleep(milliseconds),
  });
  const sockets = new Set<Socket>();
  void sweepRuns(needs.base, machine.now());
  return {
    take(socket) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      server.emit("connection", socket);
    },
    close() {
      for (const socket of sockets) socket.destroy();
      direct.close();
      wayOut.destroy();
      recordRun(state, machine.now(), report.counts);
      sweepMarks(`${state}/marks`, machine.now());
      sweepUsage(state, machine.now());
    },
  };
}
