import { expect, it } from "vitest";
import { Shutdown } from "../../scripts/shutdown.ts";

it("ends what was started, the newest first, and once", async () => {
  const shutdown = new Shutdown();
  const ended: string[] = [];
  for (const name of ["folder", "stand-in", "worker"]) await shutdown.add(() => void ended.push(name));
  expect(shutdown.signal.aborted).toBe(false);
  await Promise.all([shutdown.end(), shutdown.end()]);
  expect(shutdown.signal.aborted).toBe(true);
  expect(ended).toEqual(["worker", "stand-in", "folder"]);
});

it("ends the others although one fails, and then says which failed", async () => {
  const shutdown = new Shutdown();
  const ended: string[] = [];
  await shutdown.add(() => void ended.push("folder"));
  await shutdown.add(() => Promise.reject(new Error("the worker hangs")));
  await expect(shutdown.end()).rejects.toThrow("the worker hangs");
  expect(ended).toEqual(["folder"]);
});

it("ends at once what is started after the end has begun", async () => {
  const shutdown = new Shutdown();
  await shutdown.end();
  let isEnded = false;
  await shutdown.add(() => {
    isEnded = true;
  });
  expect(isEnded).toBe(true);
});
