import { expect, it } from "vitest";
import { detectIn, holdsLanguageContract } from "../language.contract.ts";
import { haskell } from "./haskell.ts";

const cabal = `cabal-version: 2.4
name: ledger
executable ledger
    main-is: Main.hs
    build-depends: base, containers
`;
const files = { "ledger.cabal": cabal, "app/Main.hs": 'main = putStrLn "hello"\n' };
const stack = {
  "package.yaml": "name: shop\ndependencies:\n- base >= 4.7\n- scotty\nexecutables:\n  shop-exe:\n    main: Main.hs\n",
  "stack.yaml": "resolver:\n  url: https://example.org/stackage-snapshots/lts/21/6.yaml\n",
  "app/Main.hs": 'import Web.Scotty\nmain = scotty 3000 $ get "/" $ text "hi"\n',
};

holdsLanguageContract(haskell, files);

it("Cabal asks Hackage for nothing where the compiler brings it all", async () => {
  const { recipe, start } = (await detectIn(haskell, files))?.services[0] ?? {};
  expect(recipe).toMatchObject({ buildImage: "docker.io/library/haskell:9.6-slim", install: null });
  expect(recipe?.build).toContain("cabal --config-file=/dev/null build exe:ledger --offline");
  expect(start).toBe("./bin/ledger");
  const more = { ...files, "ledger.cabal": cabal.replace("containers", "aeson") };
  expect((await detectIn(haskell, more))?.services[0]?.recipe.install).toBe("cabal update");
});

it("Stack's snapshot chooses the compiler, and Scotty its port", async () => {
  const service = (await detectIn(haskell, stack))?.services[0];
  expect(service).toMatchObject({
    kind: "Web",
    framework: "scotty",
    port: { number: 3000 },
    runtime: { version: "9.4", from: "stack.yaml lts-21" },
    manager: { name: "stack" },
    start: "./bin/shop-exe",
  });
  expect(service?.recipe.build).toContain("stack install --system-ghc");
});

it("a library is no service", async () => {
  const tree = { "words.cabal": "name: words\nlibrary\n  build-depends: base\n", "src/Words.hs": "" };
  expect(await detectIn(haskell, tree)).toMatchObject({ services: [], notAService: "a Haskell library" });
});
