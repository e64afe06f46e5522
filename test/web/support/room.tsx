/** A room within the shell, at an address, before a fake server; and what the rooms' tests look for. */
import { Route, Router } from "@solidjs/router";
import { cleanup, configure, render, screen } from "@solidjs/testing-library";
import type { Component } from "solid-js";
import { afterEach, vi } from "vitest";
import { Shell } from "../../../web/ui/shell.tsx";
import { FakeServer } from "./fake-server.ts";

// A dialog's code is loaded when it is asked for, which takes long on a busy machine: a patience, and no bar.
configure({ asyncUtilTimeout: 20_000 });

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const STANDING = { at: 0, isKnown: true, identities: [], core: { dryFrom: null, dryTo: null, short: 0 } };

/** The rooms count seconds by the machine's clock, so what they are given is of now. */
export const NOW = Date.now();

export function openRoom(
  page: Component,
  path: string,
  answers: ConstructorParameters<typeof FakeServer>[0],
): FakeServer {
  history.replaceState(null, "", `/dashboard${path}`);
  const me = { login: "lena", pools: ["maintainers", "second"], now: NOW };
  const server = new FakeServer({ "session.me": () => me, "overview.standing": () => STANDING, ...answers });
  render(() => (
    <Router base="/dashboard" root={Shell}>
      <Route path="*" component={page} />
    </Router>
  ));
  return server;
}

export const button = (name: string | RegExp) => screen.findByRole("button", { name });
export const link = (name: string | RegExp) => screen.findByRole("link", { name });

/** Never answers. */
export const waiting = () => new Promise<never>(() => {});
