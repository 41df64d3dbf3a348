import type { TestProject } from "vitest/node";
import { serve } from "./server.ts";

declare module "vitest" {
  interface ProvidedContext {
    url: string;
  }
}

/** One server for all the browser's tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = await serve();
  project.provide("url", running.url);
  return running.stop;
}
