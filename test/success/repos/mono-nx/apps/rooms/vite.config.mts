import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  server: { port: 4200, proxy: { "/api": { target: "http://localhost:3333", secure: false } } },
  build: { outDir: "../../dist/apps/rooms", emptyOutDir: true },
});
