import { defineConfig } from "rolldown";

// One folder of chunks: each mode of main.ts loads only its own, so the controller carries no CLI, no zod-heavy survey and no execa.
export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  output: {
    dir: "dist",
    format: "esm",
    entryFileNames: "main.js",
    chunkFileNames: "[name]-[hash].js",
    sourcemap: false,
    minify: false,
  },
});
