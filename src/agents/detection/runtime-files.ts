import { joinPath } from "../config/service-files.ts";
import type { SourceTree } from "./source-tree.ts";

const runtimeFolders =
  /^(?:templates?|views?|static|public|public_html|assets|web|www|wwwroot|htdocs|root|cgi-bin|html|pages|themes?|fonts?|images?|img|css|js|ui|dist|migrations?|db|sql|config|configs|conf|data|i18n|locales?|content|resources?|res|lang|files|docs|swagger|certs)\/$/i;
/** `.env` is none of them: a person keeps it for himself, and no build here sees it. */
const runtimeNames =
  /^[\w][\w.-]*\.(?:html?|tmpl|gohtml|tera|hbs|json|ya?ml|toml|ini|conf|cfg|sql|txt|csv|css|js|svg|png|ico|db|env)$/;

/** Words to builders and hosts: no program opens them. */
const hostNames =
  /^(?:repo-runner|render|heroku|app|fly|netlify|railway|nixpacks|mise|(?:docker-)?compose(?:\.[\w-]+)?|\.golangci|\.goreleaser|codecov|renovate|railpack|vercel|Cargo|rust-toolchain|rustfmt|clippy|deny|Trunk|CMakePresets|CMakeLists|vcpkg|compile_commands|meson_options|shard|pubspec|analysis_options|gleam|stack|package|cabal)\.(?:ya?ml|toml|json|txt)$/;

/** What a compiled program may open while it runs: pages, styles, migrations, settings; not its sources, which `sources` names. */
export async function runtimeFiles(tree: SourceTree, path: string, sources: RegExp): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await tree.list(path)) {
    if (runtimeFolders.test(name)) {
      const files = await tree.files(joinPath(path, name) ?? name);
      if (files.some((file) => !sources.test(file))) found.push(name.slice(0, -1));
    } else if (runtimeNames.test(name) && !hostNames.test(name)) found.push(name);
  }
  return found.slice(0, 28);
}
