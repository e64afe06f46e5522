/** `npm run screenshots`: the pictures of the README, taken of the real dashboard over a pool that the demo has played in. */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { House } from "../test/browser/support/house.ts";
import { launchChromium, Visitor, type Theme } from "../test/browser/support/visitor.ts";
import { ensureBuilt } from "./build-worker.ts";
import { failureText } from "./problem.ts";
import { createProgress, type Progress } from "./progress.ts";
import { Shutdown } from "./shutdown.ts";

const IMAGES = fileURLToPath(new URL("../docs/images/", import.meta.url));
const SIZE = { width: 1280, height: 860 } as const;
const THEMES: readonly Theme[] = ["light", "dark"];
const PICTURES = [{ name: "overview", path: "", title: "Overview", query: "window=15m" }] as const;
/** Four minutes of them, so that the chart has something to draw. */
const MOMENTS = 240;
const MOMENT_MS = 900;

async function take(progress: Progress, shutdown: Shutdown): Promise<void> {
  await progress.step("build", () => ensureBuilt(undefined, shutdown.signal));
  const house = await progress.step("house", () => House.open(0));
  await shutdown.add(() => house.close());
  await progress.step("traffic", () => house.play(MOMENTS, MOMENT_MS));
  const browser = await launchChromium();
  await shutdown.add(() => browser.close());
  await mkdir(IMAGES, { recursive: true });
  for (const theme of THEMES) {
    const visitor = await Visitor.enter(browser, house, { theme, ...SIZE });
    await visitor.signIn();
    for (const { name, path, title, query } of PICTURES) {
      await visitor.enterRoom(path, title, query);
      await visitor.page.screenshot({ path: `${IMAGES}${name}-${theme}.png` });
      progress.line(`docs/images/${name}-${theme}.png`);
    }
    await visitor.leave();
  }
}

const shutdown = new Shutdown();
shutdown.listen();
try {
  await take(createProgress({ write: (text) => process.stdout.write(text) }), shutdown);
  await shutdown.end();
} catch (error) {
  process.stderr.write(`octopool: ${failureText(error)}\n`);
  await shutdown.end();
  process.exitCode = 1;
}
