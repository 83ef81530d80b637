import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import { cobol } from "./cobol.ts";

const program = (name: string, rest = ""): string =>
  `       IDENTIFICATION DIVISION.\n       PROGRAM-ID. ${name}.\n       PROCEDURE DIVISION.\n           DISPLAY "HELLO".\n${rest}`;

async function only(
  tree: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const service = (await detectIn(cobol, tree, ".", { ...noWishes, env }))?.services[0];
  if (service === undefined) throw new Error("nothing was found");
  return service;
}

holdsLanguageContract(cobol, { "index.cbl": program("HELLO") });

describe("which program", () => {
  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    [
      "the usual name",
      { "other.cbl": program("OTHER"), "index.cbl": program("HELLO") },
      {},
      "cobc -x -o index index.cbl",
    ],
    ["of src/", { "src/index.cbl": program("HELLO") }, {}, "cobc -x -o index src/index.cbl"],
    [
      "a person's",
      { "other.cbl": program("OTHER"), "index.cbl": program("HELLO") },
      { COBOL_APP_NAME: "other" },
      "cobc -x -o other other.cbl",
    ],
    [
      "the one that calls",
      { "a.cbl": program("SUB"), "pay.cbl": program("PAY", '           CALL "SUB".\n') },
      {},
      "cobc -x -o pay pay.cbl a.cbl",
    ],
    ["free form", { "index.cbl": program("HELLO").replaceAll(/^ +/gm, "") }, {}, "cobc -x -free -o index index.cbl"],
    [
      "told options",
      { "index.cbl": program("HELLO") },
      { COBOL_COMPILE_ARGS: "-x -free -o" },
      "cobc -x -free -o index index.cbl",
    ],
    [
      "copybooks",
      { "index.cbl": program("HELLO"), "copybooks/a.cpy": "" },
      {},
      "cobc -x -I copybooks -o index index.cbl",
    ],
  ])("%s", async (_what, tree, env, build) => {
    expect((await only(tree, env)).recipe.build).toBe(build);
  });
});

it("options that are no options are not taken", async () => {
  const { recipe } = await only({ "index.cbl": program("HELLO") }, { COBOL_COMPILE_ARGS: "-x; reboot #" });
  expect(recipe.build).toBe("cobc -x -o index index.cbl");
});

it("a file that is no program is nobody's", async () => {
  expect(await detectIn(cobol, { "notes.cbl": "not a program" })).toBeUndefined();
});
