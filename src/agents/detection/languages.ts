import { clojure } from "./clojure/clojure.ts";
import { deno } from "./deno/deno.ts";
import { dockerfile } from "./dockerfile/dockerfile.ts";
import { dotnet } from "./dotnet/dotnet.ts";
import { elixir } from "./elixir/elixir.ts";
import { go } from "./go/go.ts";
import { java } from "./java/java.ts";
import type { Language } from "./language.ts";
import { node } from "./node/node.ts";
import { nx } from "./nx/nx.ts";
import { php } from "./php/php.ts";
import { python } from "./python/python.ts";
import { rust } from "./rust/rust.ts";
import { ruby } from "./ruby/ruby.ts";
import { scala } from "./scala/scala.ts";
import { cpp } from "./cpp/cpp.ts";
import { shell } from "./shell/shell.ts";
import { zig } from "./zig/zig.ts";
import { crystal } from "./crystal/crystal.ts";
import { swift } from "./swift/swift.ts";
import { haskell } from "./haskell/haskell.ts";
import { dart } from "./dart/dart.ts";
import { gleam } from "./gleam/gleam.ts";
import { cobol } from "./cobol/cobol.ts";
import { pages } from "./pages/pages.ts";
import { staticSite } from "./static/static-site.ts";

/** Every language and way of building that there is; where two are as sure, the first wins. A new one is a folder and a line here. */
export const languages: readonly Language[] = [
  dockerfile,
  java,
  scala,
  clojure,
  php,
  ruby,
  elixir,
  dotnet,
  deno,
  nx,
  node,
  python,
  go,
  rust,
  swift,
  dart,
  gleam,
  crystal,
  haskell,
  zig,
  cpp,
  cobol,
  pages,
  staticSite,
  shell,
];
