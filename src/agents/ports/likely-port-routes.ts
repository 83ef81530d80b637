import type { CodeText } from "../config/code-text.ts";
import { codeLanguageOf, placeOf } from "../config/code-text.ts";

const call =
  "(?:(?<![\\w])@?(?<receiver>[A-Za-z_]\\w{0,60})\\.(?:get|route|all|use|Get|GET|HandleFunc|Handle|HEAD|add_url_rule|add_get|add_api_route)|\\b(?<django>path|re_path|url)|\\b(?:web\\.get|HandleFunc|Handle))\\(\\s*r?";
const healthWords = "(?:healthz?|health[-_]?check|livez|readyz|liveness|readiness|ping|up)";
const health = new RegExp(`${call}["'\`](?:GET )?\\^?(?<path>/?(?:api/|v1/|_)?${healthWords}/?)\\$?["'\`]`, "g");
const root = new RegExp(`${call}["'\`](?:GET )?(?<path>/|/\\{\\$\\}|\\^?\\$?)["'\`]`, "g");
/** What stands in every text where the two find something, without what costs most: the call before it. */
const healthPath = new RegExp(`[/"'\`^_](?:${healthWords})/?\\$?["'\`]`);
const rootPath = /\(\s*r?["'`](?:GET )?(?:\/|\/\{\$\}|\^?\$?)["'`]/;

/**
 * A route for the question whether it is well, else the root where one is seen. Only routes of the application itself: those of a router
 * or a blueprint stand below a prefix that another file gives, and a probe that asks for a wrong path would stop a program that is well.
 */
export function probeIn(sources: readonly CodeText[]): { path?: string; where?: string } {
  for (const [pattern, hint, isRoot] of [
    [health, healthPath, false],
    [root, rootPath, true],
  ] as const) {
    for (const source of sources) {
      if (!hint.test(source.text)) continue;
      for (const match of source.text.matchAll(pattern)) {
        // The call may begin with `@`: it counts where its bracket is code.
        const open = match.index + match[0].indexOf("(");
        if (source.code[open] !== "(") continue;
        const { receiver, django, path = "" } = match.groups ?? {};
        if (
          django === undefined
            ? !path.startsWith("/") || !isApplication(source, receiver)
            : !isRootUrls(source, sources)
        )
          continue;
        return { path: isRoot ? "/" : path.startsWith("/") ? path : `/${path}`, where: placeOf(source, match.index) };
      }
    }
  }
  return {};
}

/** The application, not a part of it. In Go every router has its own name, and the parts are told by how they are made. */
function isApplication(source: CodeText, receiver: string | undefined): boolean {
  if (receiver === undefined) return true;
  if (codeLanguageOf(source.path) !== "go")
    return /^(?:app|api|application|server|fastify|web_app)$/i.test(receiver) && !isPart(source, receiver);
  const made = new RegExp(
    `\\b${receiver}[ \\t]*:?=[ \\t]*[\\w.]+\\.(?:Group|PathPrefix|Route|Subrouter|With)\\(|\\b${receiver}[ \\t]+\\*?[\\w.]*(?:Group|Router)\\b`,
  );
  return !made.test(source.code);
}

/** `const app = express.Router()`, `app = Blueprint(…)`, `api = APIRouter(…)`. */
function isPart(source: CodeText, receiver: string): boolean {
  return new RegExp(
    `\\b${receiver}\\b[^=\\n]{0,40}=[ \\t]*(?:new[ \\t]+)?[\\w.]*(?:Router|Blueprint|Namespace)\\(`,
  ).test(source.code);
}

/** Django's urls that stand below no prefix: the only ones, or those that take others in. */
function isRootUrls(source: CodeText, sources: readonly CodeText[]): boolean {
  const urls = sources.filter(({ path }) => path.endsWith("urls.py"));
  return urls.length <= 1 || /\binclude\(|\badmin\.site\.urls\b/.test(source.code);
}
