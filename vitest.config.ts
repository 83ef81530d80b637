import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          // Properties over thousands of inputs take their time on a busy machine; none of them is about time.
          testTimeout: 60_000,
          include: [
            "src/**/*.test.ts",
            "crds/**/*.test.ts",
            "test/ux/**/*.test.ts",
            "test/drift/**/*.test.ts",
            "deploy/**/*.test.ts",
            "test/success/**/*.test.ts",
            "test/model/**/*.test.ts",
          ],
        },
      },
      {
        test: {
          name: "api",
          include: ["test/api/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          // One file after the other: some of them take the controller away. Within a file, as many at a time as two cores can build.
          fileParallelism: false,
          maxConcurrency: 3,
          globalSetup: ["test/e2e/support/setup.ts"],
          include: ["test/e2e/**/*.e2e.ts"],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
