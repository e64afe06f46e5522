/** Somebody in Chromium who signs in by GitHub's own way, and everything the browser complained about meanwhile. */
import { existsSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import type { House } from "./house.ts";

export type Theme = "light" | "dark";

export interface Look {
  readonly theme: Theme;
  /** CSS pixels. */
  readonly width: number;
  readonly height?: number;
}

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

export function launchChromium(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no ${CHROMIUM}: install Chromium, or name it in CHROMIUM_PATH. .ci/run installs it on Debian.`,
    );
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** The impacts that no page may have. */
const GRAVE: ReadonlySet<string> = new Set(["serious", "critical"]);

export class Visitor {
  readonly page: Page;
  /** Errors on the console, exceptions, refusals of the content security policy. */
  readonly complaints: string[] = [];
  /** Requests to any origin but the house's and, to sign in, GitHub's. */
  readonly strayRequests: string[] = [];
  /** The text of every answer that the page was given. */
  readonly answers: { readonly url: string; readonly text: string }[] = [];
  readonly #house: House;
  readonly #context: BrowserContext;
  readonly #reading: Promise<void>[] = [];
  /** While a test breaks things on purpose. */
  isForgiving = false;

  private constructor(house: House, context: BrowserContext, page: Page) {
    this.#house = house;
    this.#context = context;
    this.page = page;
    page.on("console", (message) => {
      const isGithubs = message.location().url.startsWith(house.standIn.url); // its page has no icon
      if (!isGithubs && /^(error|warning)$/.test(message.type())) this.#complain(message.text());
    });
    page.on("pageerror", (error) => this.#complain(error.message));
    page.on("request", (request) => this.#look(request.url()));
    page.on("response", (response) => {
      if (!response.url().startsWith(house.url)) return;
      const { url } = { url: response.url() };
      const read = response.text().then(
        (text) => void this.answers.push({ url, text }),
        () => undefined, // a redirect has no body, and a closed page takes its answers with it
      );
      this.#reading.push(read);
    });
  }

  static async enter(browser: Browser, house: House, { theme, width, height = 900 }: Look): Promise<Visitor> {
    const context = await browser.newContext({
      colorScheme: theme,
      viewport: { width, height },
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    return new Visitor(house, context, await context.newPage());
  }

  /** Through the login page of the server and GitHub's page, as anybody would. */
  async signIn(path = `/dashboard?pool=${this.#house.pool}`, login = this.#house.operator): Promise<void> {
    await this.page.goto(`${this.#house.url}${path}`);
    await this.page.getByRole("button", { name: `Authorize as ${login}`, exact: true }).click();
    await this.page.waitForURL(`${this.#house.url}/**`);
  }

  /** A room by its address, once it shows what it has and waits for nothing. */
  async enterRoom(path: string, title: string, query = ""): Promise<void> {
    await this.visit(path, title, query);
    await this.page.waitForLoadState("networkidle");
  }

  /** A room by its address, once it shows what it has; more may be on its way. */
  async visit(path: string, title: string, query = ""): Promise<void> {
    await this.page.goto(`${this.#house.url}/dashboard${path}?pool=${this.#house.pool}&${query}`);
    await this.page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    await this.filled();
  }

  /** Nothing is loading any more: no skeleton, and no request under way. */
  async settled(): Promise<void> {
    await this.filled();
    await this.page.waitForLoadState("networkidle");
  }

  /** No skeleton stands for anything, and nothing shown waits for a newer answer. */
  async filled(): Promise<void> {
    await this.page.waitForFunction(() => document.querySelector(".skel, [aria-busy=true]") === null);
  }

  async look({ theme, width, height = 900 }: Look): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await this.page.setViewportSize({ width, height });
  }

  /** axe's findings that are serious or critical, one a line: of the whole page, or of what the selector names. */
  async graveFindings(within?: string): Promise<readonly string[]> {
    // No frame of another origin needs a page of its own to be told of: the legacy mode looks at the same rules.
    const axe = new AxeBuilder({ page: this.page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
    const { violations } = await (within === undefined ? axe : axe.include(within)).analyze();
    return violations
      .filter(({ impact }) => GRAVE.has(impact ?? ""))
      .flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
      );
  }

  /** How many CSS pixels the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  /** What the browser complained about and whom else it asked since the last time, which begins a new account. */
  takeComplaints(): readonly string[] {
    return [...this.complaints.splice(0), ...this.strayRequests.splice(0).map((url) => `asked ${url}`)];
  }

  /** All answers so far, read to their end. */
  async everyAnswer(): Promise<readonly { readonly url: string; readonly text: string }[]> {
    await Promise.all(this.#reading);
    return this.answers;
  }

  async leave(): Promise<void> {
    await Promise.allSettled(this.#reading);
    await this.#context.close();
  }

  #complain(text: string): void {
    if (!this.isForgiving) this.complaints.push(text);
  }

  #look(url: string): void {
    if (/^(data|blob|about):/.test(url)) return;
    const isOurs = url.startsWith(`${this.#house.url}/`);
    const isSignIn = url.startsWith(`${this.#house.standIn.url}/login/oauth/`);
    if (!isOurs && !isSignIn) this.strayRequests.push(url);
  }
}
