import { describe, expect, it } from "vitest";
import { Recipe } from "../../plan.ts";
import { ignoredByBuild } from "./dockerfile.ts";

const recipe = (more: object = {}): Recipe => Recipe.parse({ install: null, build: null, ...more });

describe("what is kept out of an image that is rendered here", () => {
  const ours = ignoredByBuild(undefined, recipe());

  it("is what a build makes anew and what a person keeps for himself", () => {
    expect(ours).toContain("**/node_modules\n");
    expect(ours).toContain("**/.env\n");
  });

  it("is what the repository's own list names besides, ours last", () => {
    const own = "# notes\n*.log\r\n\n/tmp/*\n!tmp/keep\n";
    expect(ignoredByBuild(own, recipe())).toBe(`*.log\n/tmp/*\n!tmp/keep\n${ours}`);
  });

  it.each(["*", "**", "/*", ".", "**/*"])(
    "is ours alone where a list is for what another build has made: %s",
    (line) => {
      expect(ignoredByBuild(`${line}\n!target/app\n`, recipe())).toBe(ours);
    },
  );

  it("is nothing that the build reads or takes over by name", () => {
    const named = recipe({
      manifests: ["package.json", "patches/"],
      artifacts: [{ from: "/app/static", to: "/app/static" }],
      build: "pip install --no-deps .",
    });
    const text = ignoredByBuild("*.md\nstatic\n", named);
    expect(text).toBe(`*.md\nstatic\n!package.json\n!patches\n!static\n!README*\n${ours}`);
  });
});
