import { expect, it } from "vitest";
import { draftPlan } from "../../survey.ts";
import { anyPlatform, detectIn, holdsLanguageContract } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";
import { staticSite } from "./static-site.ts";

holdsLanguageContract(staticSite, { "index.html": "<h1>hello</h1>" });

it.each([
  [{ "index.html": "" }, "/app"],
  [{ "public/index.html": "" }, "/app/public"],
  [{ Staticfile: "root: web/pages\n", "index.html": "" }, "/app/web/pages"],
  [{ Staticfile: "", "index.html": "" }, "/app"],
])("serves %j from %s", async (files, from) => {
  const [service] = (await detectIn(staticSite, files))?.services ?? [];
  expect(service?.recipe.artifacts).toEqual([{ from, to: "/srv" }]);
  expect(service?.port).toMatchObject({ number: 8080, readsPort: true });
  expect(service?.recipe.files[0]?.text).not.toContain("/index.html /");
});

it("leaves a Staticfile that points out of the repository alone", async () => {
  expect(await detectIn(staticSite, { Staticfile: "root: ../../etc\n" })).toBeUndefined();
});

it.each([
  ["index_fallback: true\n", true],
  ["root: .\nindex_fallback: true\n", true],
  ["index_fallback: false\n", false],
  ["", false],
])("Staticfile %j answers unknown paths by the first page: %s", async (text, fallback) => {
  const [service] = (await detectIn(staticSite, { Staticfile: text, "index.html": "" }))?.services ?? [];
  expect(/try_files [^\n]* \/index\.html\n/.test(service?.recipe.files[0]?.text ?? "")).toBe(fallback);
});

it("puts the pages of many folders on one link, with a list before them", async () => {
  const plan = await draftPlan(treeOf({ "clock/index.html": "", "menu/index.html": "", "README.md": "# Pages" }), {
    spec: { source: { git: { url: "https://git.example.org/pages.git" } } },
    platform: anyPlatform,
    name: "pages",
  });
  const services = plan.state === "done" ? plan.value.services : [];
  expect(services).toMatchObject([{ name: "web", path: ".", recipe: { artifacts: [{ from: "/app", to: "/srv" }] } }]);
  expect(services[0]?.recipe.files[0]?.text).toContain("file_server browse {");
});
