import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../../../bin/onemap", import.meta.url));

export interface Running {
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts the program with a small sample city on a free port, in a home of its own, and
 * waits until it tells its address. ONEMAP_URL names a running one to use in its place.
 */
export async function serve(): Promise<Running> {
  const given = process.env.ONEMAP_URL;
  if (given) return { url: given.replace(/\/$/, ""), stop: async () => undefined };
  return start(folder(), ["--sample", "--sample-small"]);
}

/** A new folder for a home of the program's. */
export function folder(): string {
  return mkdtempSync(join(tmpdir(), "onemap-page-"));
}

/** Starts the program in a home that is removed when it ends. */
export async function start(home: string, args: readonly string[]): Promise<Running> {
  const child = spawn(PROGRAM, ["serve", "--listen", "127.0.0.1:0", "--home", home, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ONEMAP_LISTEN: undefined },
  });
  try {
    const url = await address(child);
    return { url, stop: () => end(child, home) };
  } catch (error) {
    await end(child, home);
    throw error;
  }
}

/** Runs another verb of the program to its end. */
export function run(args: readonly string[]): string {
  return execFileSync(PROGRAM, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(
      () => reject(new Error(`no address after 3 minutes:\n${said}`)),
      180_000,
    );
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const match = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (!match) return;
      clearTimeout(timer);
      resolve(match[0]);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the program ended with ${code}:\n${said}`));
    });
  });
}

async function end(child: ChildProcess, home: string): Promise<void> {
  if (child.exitCode === null) {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
    await gone;
    clearTimeout(late);
  }
  rmSync(home, { recursive: true, force: true });
}
