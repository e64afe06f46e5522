import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { landing, type LandingDeps } from "../../../server/http/landing.ts";

const APP: LandingDeps = {
  config: { allowedOrg: "acme", installCommand: "brew install octopool/tap/octopool", oauth: undefined },
  host: "app",
  origin: "https://octopool.example.com",
};
const INSTALL: LandingDeps = { ...APP, host: "install", origin: "https://get.example.com" };
const OAUTH = { clientId: "id", clientSecret: "very-secret", callbackOrigin: undefined };

function ask(deps: LandingDeps, accept?: string): Response {
  return landing(new Request(deps.origin, accept === undefined ? {} : { headers: { accept } }), deps);
}

describe("landing", () => {
  it.each([
    { accept: "application/json" },
    { accept: "application/json, text/plain, */*" },
    { accept: "Application/JSON" },
  ])("answers a probe that accepts $accept with JSON that nobody stores", async ({ accept }) => {
    const response = ask(APP, accept);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toBe('{"ok":true,"service":"octopool","version":1}');
  });

  it.each([
    { accept: undefined },
    { accept: "*/*" },
    { accept: "text/html" },
    { accept: "text/html,application/xhtml+xml,application/json;q=0.9" },
  ])("answers $accept with the page", async ({ accept }) => {
    const response = ask(APP, accept);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    expect(await response.text()).toContain("<title>octopool</title>");
  });

  it("says that both forms depend on what is accepted", () => {
    expect(ask(APP, "application/json").headers.get("vary")).toBe("accept");
    expect(ask(APP).headers.get("vary")).toBe("accept");
  });

  it.each([
    { name: "app", deps: APP },
    { name: "app with sign-in", deps: { ...APP, config: { ...APP.config, oauth: OAUTH } } },
    { name: "install", deps: INSTALL },
  ])("allows exactly the style and the script of the $name page", async ({ deps }) => {
    const response = ask(deps);
    const html = await response.text();
    const policy = response.headers.get("content-security-policy")?.split("; ");
    const sourceOf = (element: string) => {
      const [, text = "", ...more] = html.split(new RegExp(`</?${element}>`));
      expect(more).toHaveLength(1);
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };
    expect(policy).toEqual([
      "default-src 'none'",
      `style-src ${sourceOf("style")}`,
      `script-src ${sourceOf("script")}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]);
  });

  it("has no line end that a browser would change before it hashes", async () => {
    expect(await ask(APP).text()).not.toContain("\r");
  });

  it("fills every place and shows every section or none of it", async () => {
    for (const deps of [APP, INSTALL]) expect(await ask(deps).text()).not.toMatch(/\{\{|<!--(when|end)/);
  });

  it("never shows the client secret", async () => {
    expect(await ask({ ...APP, config: { ...APP.config, oauth: OAUTH } }).text()).not.toContain(OAUTH.clientSecret);
  });

  it("takes a value as text, whatever is in it", async () => {
    const installCommand = `<script>alert("1")</script> {{origin}} $& 'x' <!--when app-->`;
    const html = await ask({ ...INSTALL, config: { ...INSTALL.config, installCommand } }).text();
    expect(html).toContain(
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; {{origin}} $&amp; &#39;x&#39; &lt;!--when app--&gt;",
    );
  });
});
