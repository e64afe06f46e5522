/** The dashboard's entry: theme, routes, and the frame around every room. */
import { Route, Router } from "@solidjs/router";
import { For } from "solid-js";
import { render } from "solid-js/web";
import NotFound from "./pages/not-found.tsx";
import { ROOMS } from "./rooms.ts";
import { Shell } from "./ui/shell.tsx";
import { applyTheme } from "./ui/theme.ts";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/section.css";

applyTheme();
// The room's code comes beside the session, not after it.
const here = location.pathname.slice("/dashboard".length) || "/";
void ROOMS.find(({ path }) => path === here)?.page.preload?.();
const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");
render(
  () => (
    <Router base="/dashboard" root={Shell}>
      <For each={ROOMS}>{(room) => <Route path={room.path} component={room.page} />}</For>
      <Route path="*" component={NotFound} />
    </Router>
  ),
  root,
);
