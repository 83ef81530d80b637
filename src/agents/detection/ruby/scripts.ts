import type { PortPlan, Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";

const names = ["main", "app", "server", "web", "index", "run", "bot", "worker", "start"];
const maxBytes = 262_144;

/** What a Ruby program seems to do, as far as its own file and those it requires beside itself show. */
export interface RubyScript {
  readonly file: string;
  readonly path: string;
  readonly kind: Service["kind"];
  readonly framework: string | null;
  readonly port: PortPlan;
  readonly because: string;
  readonly warnings: readonly string[];
}

const servers =
  /\b(?:TCPServer|UNIXServer)\.(?:new|open)\b|\bSocket\.tcp_server|\bWEBrick::HTTPServer\b|\b(?:Rack|Rackup)::(?:Handler|Server)\b|\bPuma::(?:Server|CLI)\b|\bAsync::HTTP::Server\b|\bGRPC::RpcServer\b|^require[ (]+["']sinatra(?:\/base)?["']|\bEventMachine\.start_server\b|\bEM\.start_server\b/m;
const runsOn =
  /\bloop[ \t]*(?:do|\{)|\bwhile[ \t]+true\b|\bSidekiq\b|\bTelegram::Bot::Client\b|\bDiscordrb::|\bRufus::Scheduler\b|\.subscribe\b|\bEM\.run\b/;

/** The program of a folder that is called as programs are: `main.rb`, `app.rb`, `server.rb`. */
export async function findScript(tree: SourceTree, folder: string): Promise<RubyScript | undefined> {
  for (const file of names.flatMap((name) => [`${name}.rb`, `src/${name}.rb`])) {
    const path = joinPath(folder, file) ?? file;
    const text = await tree.read(path);
    if (text !== undefined) return await describe(tree, folder, file, path, text);
  }
  return undefined;
}

/** Reads a program that is known by name. */
async function describe(
  tree: SourceTree,
  folder: string,
  file: string,
  path: string,
  text: string,
): Promise<RubyScript> {
  const code = [code1(text), ...(await requiredBeside(tree, folder, file, text))].join("\n");
  const sinatra = /^[ \t]*require[ (]+["']sinatra["']/m.test(code);
  const web = servers.test(code);
  const kind = web ? "Web" : runsOn.test(code) ? "Worker" : "Job";
  const loopback = /\bTCPServer\.(?:new|open)[ (]+["'](?:127\.0\.0\.1|localhost)["']/.test(code);
  return {
    file,
    path,
    kind,
    framework: sinatra ? "sinatra" : /\bWEBrick\b/.test(code) ? "webrick" : null,
    port: portOf(code, path),
    because: web ? "it serves" : kind === "Worker" ? "it goes on and serves nothing" : "it ends by itself",
    warnings: loopback ? [`${path} listens on its own address only, which nothing outside of its pod reaches`] : [],
  };
}

/** Texts of the files that are required by their place: `require_relative "lib/server"`. */
async function requiredBeside(tree: SourceTree, folder: string, file: string, text: string): Promise<string[]> {
  const base = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".";
  const found: string[] = [];
  for (const match of code1(text).matchAll(/^[ \t]*require_relative[ (]+["'](?<name>[\w./-]{1,120})["']/gm)) {
    const path = joinPath(folder, base, `${(match.groups?.["name"] ?? "").replace(/\.rb$/, "")}.rb`);
    const other = path === undefined || found.length >= 20 ? undefined : await tree.read(path);
    if (other !== undefined) found.push(code1(other));
  }
  return found;
}

/** A text without its comments, as far as lines tell. */
function code1(text: string): string {
  return text.slice(0, maxBytes).replaceAll(/(?:^|[ \t])#(?!\{)[^\n]*$/gm, "");
}

/** Where it listens: PORT with its default, or a number in the code. */
export function portOf(code: string, where: string): PortPlan {
  const variable =
    /\bENV(?:\.fetch\(\s*["']PORT["']\s*(?:,\s*["']?(?<fetched>\d{2,5})|\)\s*\{\s*["']?(?<block>\d{2,5}))?|\[["']PORT["']\](?:\s*\|\|\s*["']?(?<or>\d{2,5}))?)/.exec(
      code,
    );
  if (variable !== null) {
    const { fetched, block, or } = variable.groups ?? {};
    const number = Number(fetched ?? block ?? or);
    return { from: "Code", where, readsPort: true, ...(number > 0 && number < 65_536 ? { number } : {}) };
  }
  const said =
    /\bTCPServer\.(?:new|open)[ (]+(?:["'][\w.:]{0,40}["']\s*,\s*)?(?<tcp>\d{2,5})|(?:\bPort:|:Port\s*=>|\bport:|\bset\s+:port\s*,)\s*(?<named>\d{2,5})/.exec(
      code,
    );
  const number = Number(said?.groups?.["tcp"] ?? said?.groups?.["named"]);
  return number > 0 && number < 65_536
    ? { number, from: "Code", where, readsPort: false }
    : { from: "Default", readsPort: false };
}
