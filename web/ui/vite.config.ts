import { defineConfig } from "vitest/config";

const server = process.env.ONEMAP_URL ?? "http://127.0.0.1:8080";

const proxy = Object.fromEntries(
  [
    "/page.json",
    "/layers",
    "/counts",
    "/tiles",
    "/styles",
    "/sprites",
    "/api",
    "/docs",
    "/uploads",
    "/batches",
    "/editions",
  ].map((path) => [path, server]),
);

// The page is served from the root of the same server that answers its requests;
// in development, vite hands those on.
export default defineConfig({
  base: "/",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1400,
  },
  server: { proxy },
  preview: { proxy },
  test: { include: ["test/unit/**/*.test.ts"], environment: "node" },
});
