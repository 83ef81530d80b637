import { defineConfig } from "vite";

export default defineConfig({ build: { outDir: "../internal/pages/dist", emptyOutDir: true } });
