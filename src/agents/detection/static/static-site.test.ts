import { expect, it } from "vitest";
import { detectIn, holdsLanguageContract } from "../language.contract.ts";
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
