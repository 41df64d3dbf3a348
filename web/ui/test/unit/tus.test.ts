import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Bringing, metadata, type Progress } from "../../src/import/tus.ts";

interface Desk {
  base: string;
  /** What arrived, by upload. */
  files: Map<string, Buffer>;
  /** What to do with the next part in place of taking it. */
  mishaps: ("cut" | 503 | 409 | 413 | "half")[];
  seen: string[];
}

let server: Server | undefined;
afterEach(() => new Promise<void>((done) => (server ? server.close(() => done()) : done())));

// A small server of the protocol whose connections break as a test says.
function desk(): Promise<Desk> {
  const files = new Map<string, Buffer>();
  const out: Desk = { base: "", files, mishaps: [], seen: [] };
  let made = 0;
  const listening = createServer(async (request, answer) => {
    out.seen.push(`${request.method} ${request.headers["upload-offset"] ?? ""}`.trim());
    const id = request.url?.split("/")[2] ?? "";
    if (request.headers["tus-resumable"] !== "1.0.0") return void answer.writeHead(412).end();
    if (request.method === "POST") {
      files.set(`u${++made}`, Buffer.alloc(0));
      return void answer.writeHead(201, { Location: `http://elsewhere/uploads/u${made}` }).end();
    }
    const have = files.get(id);
    if (!have) return void answer.writeHead(404).end();
    if (request.method === "HEAD") {
      return void answer.writeHead(200, { "Upload-Offset": String(have.length) }).end();
    }
    if (request.method === "DELETE") {
      files.delete(id);
      return void answer.writeHead(204).end();
    }
    const mishap = out.mishaps.shift();
    if (mishap === "cut") return void request.socket.destroy();
    if (typeof mishap === "number") return void answer.writeHead(mishap).end();
    const body = await read(request);
    if (Number(request.headers["upload-offset"]) !== have.length) {
      return void answer.writeHead(409).end();
    }
    const kept = mishap === "half" ? body.subarray(0, body.length / 2) : body;
    files.set(id, Buffer.concat([have, kept]));
    if (mishap === "half") return void request.socket.destroy();
    answer.writeHead(204, { "Upload-Offset": String(have.length + body.length) }).end();
  });
  server = listening;
  return new Promise((resolve) => {
    listening.listen(0, "127.0.0.1", () => {
      out.base = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
      resolve(out);
    });
  });
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const bytes = Buffer.from(Array.from({ length: 2_500 }, (_, i) => i % 251));
const file = () => new File([bytes], "调查.csv");
const options = { part: 1_000, pauses: [1], tries: 3 };

test("an upload that began before goes on where it ended, or anew where it is gone", async () => {
  const d = await desk();
  d.files.set("u7", bytes.subarray(0, 1_200));
  const again = { ...options, base: d.base };
  const bringing = new Bringing(file(), () => undefined, { ...again, upload: "u7" });
  expect(await bringing.send()).toBe("u7");
  expect(d.files.get("u7")?.equals(bytes)).toBe(true);
  expect(d.seen).toEqual(["HEAD", "PATCH 1200", "PATCH 2200"]);
  d.seen.length = 0;
  const whole = new Bringing(file(), () => undefined, { ...again, upload: "u7" });
  expect(await whole.send()).toBe("u7");
  expect(d.seen).toEqual(["HEAD"]);
  d.seen.length = 0;
  const swept = new Bringing(file(), () => undefined, { ...again, upload: "u8" });
  expect(await swept.send()).toBe("u1");
  expect(d.files.get("u1")?.equals(bytes)).toBe(true);
  expect(d.seen[0]).toBe("HEAD");
  expect(d.seen[1]).toBe("POST");
});

test("a file is brought in parts and arrives whole", async () => {
  const d = await desk();
  const told: Progress[] = [];
  const id = await new Bringing(file(), (p) => told.push(p), { ...options, base: d.base }).send();
  expect(id).toBe("u1");
  expect(d.files.get("u1")?.equals(bytes)).toBe(true);
  expect(d.seen).toEqual(["POST", "PATCH 0", "PATCH 1000", "PATCH 2000"]);
  expect(told.at(-1)).toMatchObject({ state: "done", sent: 2_500, total: 2_500 });
});

test("lost connections and a busy server are outlasted, nothing is sent twice", async () => {
  const d = await desk();
  d.mishaps = ["cut", 503, "half"];
  const told: string[] = [];
  const sending = new Bringing(file(), (p) => told.push(p.state), { ...options, base: d.base });
  await sending.send();
  expect(d.files.get("u1")?.equals(bytes)).toBe(true);
  expect(told).toContain("retrying");
  expect(d.seen).toContain("PATCH 500");
});

test("an upload that the server has swept away is begun anew", async () => {
  const d = await desk();
  d.mishaps = ["half"];
  const sending = new Bringing(
    file(),
    (p) => {
      if (p.state === "retrying") d.files.delete("u1");
    },
    { ...options, base: d.base },
  );
  expect(await sending.send()).toBe("u2");
  expect(d.files.get("u2")?.equals(bytes)).toBe(true);
});

test("a refusal is told at once, endless trouble after some tries", async () => {
  const d = await desk();
  d.mishaps = [413];
  const refused = new Bringing(file(), () => undefined, { ...options, base: d.base });
  await expect(refused.send()).rejects.toMatchObject({ status: 413 });
  expect(refused.now.state).toBe("failed");
  d.mishaps = [503, 503, 503, 503, 503];
  const broken = new Bringing(file(), () => undefined, { ...options, base: d.base });
  await expect(broken.send()).rejects.toMatchObject({ status: 503 });
});

test("a pause holds and goes on, cancelling has the server forget", async () => {
  const d = await desk();
  const states: string[] = [];
  const sending = new Bringing(
    file(),
    (p) => {
      states.push(p.state);
      if (p.state === "sending" && p.sent === 1_000 && !states.includes("paused")) {
        sending.pause();
        setTimeout(() => sending.resume(), 5);
      }
    },
    { ...options, base: d.base },
  );
  await sending.send();
  expect(states).toContain("paused");
  expect(d.files.get("u1")?.equals(bytes)).toBe(true);

  const given: Bringing = new Bringing(
    file(),
    (p) => {
      if (p.sent === 1_000 && p.state === "sending") void given.cancel();
    },
    { ...options, base: d.base },
  );
  expect(await given.send()).toBeNull();
  await expect.poll(() => d.files.has("u2")).toBe(false);
});

test("the name travels in base64 of UTF-8", () => {
  const text = metadata({ name: "调查.csv" });
  expect(Buffer.from(text.split(" ")[1] ?? "", "base64").toString()).toBe("调查.csv");
});
