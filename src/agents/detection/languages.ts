import { clojure } from "./clojure/clojure.ts";
import { deno } from "./deno/deno.ts";
import { dockerfile } from "./dockerfile/dockerfile.ts";
import { go } from "./go/go.ts";
import { java } from "./java/java.ts";
import type { Language } from "./language.ts";
import { node } from "./node/node.ts";
import { php } from "./php/php.ts";
import { python } from "./python/python.ts";
import { rust } from "./rust/rust.ts";
import { ruby } from "./ruby/ruby.ts";
import { scala } from "./scala/scala.ts";
import { cpp } from "./cpp/cpp.ts";
import { shell } from "./shell/shell.ts";
import { staticSite } from "./static/static-site.ts";

/** Every language and way of building that there is; where two are as sure, the first wins. A new one is a folder and a line here. */
export const languages: readonly Language[] = [dockerfile, java, scala, clojure, php, ruby, deno, node, python, go, rust, cpp, staticSite, shell];
