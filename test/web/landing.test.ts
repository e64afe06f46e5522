import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { landing, type LandingDeps } from "../../server/http/landing.ts";

const APP: LandingDeps = {
  config: { allowedOrg: "acme", installCommand: "brew install octopool/tap/octopool", oauth: undefined },
  host: "app",
  origin: "https://octopool.example.com",
};
const WITH_SIGN_IN: LandingDeps = {
  ...APP,
  config: { ...APP.config, oauth: { clientId: "id", clientSecret: "secret", callbackOrigin: undefined } },
};
const INSTALL: LandingDeps = { ...WITH_SIGN_IN, host: "install", origin: "https://get.example.com" };
const PAGES = [
  { name: "app", deps: APP },
  { name: "app with sign-in", deps: WITH_SIGN_IN },
  { name: "install", deps: INSTALL },
];

async function open(deps: LandingDeps): Promise<Document> {
  const html = await landing(new Request(deps.origin), deps).text();
  return new DOMParser().parseFromString(html, "text/html");
}

const textOf = (page: Document, selector: string) =>
  page.querySelector(selector)?.textContent?.replace(/\s+/g, " ").trim();
const linksOf = (page: Document) => [...page.querySelectorAll("a")].map((link) => link.getAttribute("href"));

describe("the landing page", () => {
  it("says on the app host how to log in from the command line", async () => {
    const page = await open(APP);
    expect(textOf(page, "#login-command")).toBe("octopool login https://octopool.example.com");
    expect(textOf(page, "main")).toContain("members of acme");
    expect(page.querySelector("#install-command")).toBeNull();
  });

  it("says on the install host how to install, and where to log in", async () => {
    const page = await open(INSTALL);
    expect(textOf(page, "#install-command")).toBe("brew install octopool/tap/octopool");
    expect(textOf(page, ".note")).toBe("Then log in once: octopool login https://get.example.com");
    expect(page.querySelector("#login-command")).toBeNull();
  });

  it("links to sign-in only where the app host has it configured", async () => {
    const signIn = "/login/github?next=%2Fdashboard";
    expect(linksOf(await open(WITH_SIGN_IN))).toContain(signIn);
    expect(linksOf(await open(APP))).not.toContain(signIn);
    expect(linksOf(await open(INSTALL))).not.toContain(signIn);
  });

  it.each(PAGES)("links from the $name page to the description of the API", async ({ deps }) => {
    expect(linksOf(await open(deps))).toContain("/openapi.json");
  });

  it.each(PAGES)("loads nothing from anywhere on the $name page", async ({ deps }) => {
    const page = await open(deps);
    for (const element of page.querySelectorAll("[src], link, a, use, form")) {
      const target =
        element.getAttribute("src") ?? element.getAttribute("href") ?? element.getAttribute("action") ?? "";
      expect(target).toMatch(/^(\/(?!\/)|#|data:,)/);
    }
  });

  it.each(PAGES)("keeps the $name page out of search indexes and free of what its policy forbids", async ({ deps }) => {
    const page = await open(deps);
    expect(page.querySelector('meta[name="robots"]')?.getAttribute("content")).toBe("noindex");
    for (const element of page.querySelectorAll("*")) {
      const forbidden = element.getAttributeNames().filter((name) => name === "style" || name.startsWith("on"));
      expect(forbidden).toEqual([]);
    }
  });

  it("names every picture or hides it", async () => {
    for (const picture of (await open(WITH_SIGN_IN)).querySelectorAll("svg")) {
      const named = picture.getAttribute("role") === "img" && picture.getAttribute("aria-label") !== null;
      expect(named || picture.getAttribute("aria-hidden") === "true").toBe(true);
    }
  });
});

describe("the style of the landing page", () => {
  // From the files: vitest hands out style sheets as empty text.
  const tokens = readFileSync("web/ui/tokens.css", "utf8");
  const style = readFileSync("web/landing.css", "utf8");

  it("loads nothing from anywhere", () => {
    expect(tokens + style).not.toMatch(/@import|url\(/);
  });

  it("moves only where motion is welcome", () => {
    const [still = "", moving = ""] = style.split("@media (prefers-reduced-motion: no-preference)");
    expect(still).not.toMatch(/animation/);
    expect(moving).toMatch(/animation/);
  });

  it("takes every colour from the tokens, and every token exists", () => {
    expect(style).not.toMatch(/#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch)a?\(/i);
    for (const [, name] of style.matchAll(/var\((--[a-z0-9-]+)\)/g)) expect(tokens).toContain(`${name}:`);
  });
});

describe("the copy button", () => {
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const page = await open(INSTALL);
    document.body.innerHTML = page.body.innerHTML;
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** The page's own script, with a clipboard of this kind; answers the button. */
  function start(clipboard: { writeText(text: string): Promise<void> } | undefined): HTMLButtonElement {
    Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
    runInThisContext(document.querySelector("script")?.textContent ?? "");
    const button = document.querySelector<HTMLButtonElement>("[data-copies]");
    if (button === null) throw new Error("the page has no copy button");
    return button;
  }

  it("is hidden until the script that makes it work has run", () => {
    expect(document.querySelector<HTMLButtonElement>("[data-copies]")?.hidden).toBe(true);
    expect(start(undefined).hidden).toBe(false);
  });

  it("copies the command, says so, and is a copy button again", async () => {
    const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
    const button = start({ writeText });
    button.click();
    await vi.waitFor(() => expect(button.textContent?.trim()).toBe("Copied"));
    expect(writeText).toHaveBeenCalledWith("brew install octopool/tap/octopool");
    vi.runAllTimers();
    expect(button.textContent?.trim()).toBe("Copy");
  });

  it.each([
    { name: "is missing", clipboard: undefined },
    { name: "refuses", clipboard: { writeText: () => Promise.reject(new Error("denied")) } },
  ])("selects the command where the clipboard $name", async ({ clipboard }) => {
    const button = start(clipboard);
    button.click();
    await vi.waitFor(() => expect(button.textContent?.trim()).toBe("Selected"));
    expect(getSelection()?.toString()).toBe("brew install octopool/tap/octopool");
  });
});
