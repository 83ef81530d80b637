import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGitServer } from "../src/jobs/git-server.ts";
import { type Bench, type Row, tell } from "./measure.ts";

const program = join(import.meta.dirname, "../src/main.ts");
const limits = { maxBytes: 1_073_741_824, maxFiles: 100_000, timeoutSeconds: 300 };
const megabyte = 1_000_000;

/** A repository that is large in one way, written as a stream for `git fast-import`. */
interface Sample {
  readonly name: string;
  readonly what: string;
  readonly stream: () => Generator<string | Buffer>;
  /** Limits under which it is let in, where the defaults keep it out. */
  readonly raised?: Partial<typeof limits>;
}

const server = `const http = require("node:http");\nhttp.createServer((_, r) => r.end("large")).listen(process.env.PORT || 3000);\n`;

const samples: readonly Sample[] = [
  {
    name: "files",
    what: "300,000 files of 20 bytes in 300 folders",
    *stream() {
      yield* commit("many files");
      yield* file("server.js", server);
      for (let i = 0; i < 300_000; i += 1)
        yield* file(`data/${String(i % 300)}/${String(i)}.txt`, `file number ${String(i)}\n`);
    },
    raised: { maxFiles: 400_000 },
  },
  {
    name: "bytes",
    what: "a tree of 5 GB in 50 files",
    *stream() {
      yield* commit("large files");
      yield* file("server.js", server);
      for (let i = 0; i < 50; i += 1)
        yield* file(`data/${String(i)}.bin`, Buffer.alloc(100 * megabyte, `${String(i)} `));
    },
    raised: { maxBytes: 6_000_000_000 },
  },
  {
    name: "history",
    what: "ten commits, each with another 50 MB that do not compress; the last has one small file",
    *stream() {
      for (let i = 0; i < 10; i += 1) {
        yield* commit(`blob ${String(i)}`);
        yield* file("blob.bin", noise(50 * megabyte, i + 1));
      }
      yield* commit("without it");
      yield "D blob.bin\n";
      yield* file("server.js", server);
    },
  },
];

/** Clone and survey of repositories that are large in files, in bytes and in history: what ends at a limit, and what it costs where the limit is raised. */
export const benchSource: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), "source-bench-"));
  const git = await startGitServer({ root: folder, port: 0, host: "127.0.0.1", push: false, accounts: new Map() });
  const counter = await countingProxy(git.port);
  const rows: Row[] = [];
  try {
    for (const sample of samples) {
      await makeRepository(join(folder, `${sample.name}.git`), sample);
      tell(`${sample.name}: made`);
      const tries = [limits, ...(sample.raised === undefined ? [] : [{ ...limits, ...sample.raised }])];
      for (const bounds of tries) {
        const work = mkdtempSync(join(tmpdir(), "source-bench-work-"));
        const before = counter.bytes();
        const url = `http://127.0.0.1:${String(counter.port)}/${sample.name}.git`;
        const cloned = await measured(["job", "clone"], work, { inputDigest: "bench", url, ...bounds });
        const fetched = (counter.bytes() - before) / megabyte;
        const baseImages = { mode: "Any", listed: {} };
        const spec = { source: { git: { url } } };
        const surveyed =
          cloned.code === 0
            ? await measured(["job", "survey"], work, { inputDigest: "bench", name: "large", spec, baseImages })
            : undefined;
        rows.push([
          sample.what,
          bounds === limits ? "default" : "raised",
          cloned.code === 0
            ? "cloned"
            : (/"reason":"(?<reason>\w+)"/.exec(cloned.said)?.groups?.["reason"] ?? `exit ${String(cloned.code)}`),
          cloned.seconds.toFixed(1),
          (cloned.peak / megabyte).toFixed(0),
          fetched.toFixed(1),
          surveyed?.seconds.toFixed(1) ?? "–",
          surveyed === undefined ? "–" : (surveyed.peak / megabyte).toFixed(0),
        ]);
        rmSync(work, { recursive: true, force: true });
      }
      rmSync(join(folder, `${sample.name}.git`), { recursive: true, force: true });
    }
  } finally {
    counter.close();
    await git.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    name: "source",
    title: "sources: what is large, and what it costs",
    head: [
      "repository",
      "limits",
      "clone",
      "clone (s)",
      "clone, most memory (MB)",
      "fetched (MB)",
      "survey (s)",
      "survey, most memory (MB)",
    ],
    rows,
    notes: [
      "the programs of the survey Job, run by hand against a git server on loopback; memory is the sum over the process and its git, looked at every 50 ms",
    ],
    figures: rows,
  };
};

function* commit(subject: string): Generator<string> {
  yield `commit refs/heads/main\ncommitter Bench <bench@repo-runner.dev> 1767225600 +0000\ndata ${String(subject.length)}\n${subject}\n`;
}

function* file(path: string, content: string | Buffer): Generator<string | Buffer> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  yield `M 100644 inline ${path}\ndata ${String(bytes.length)}\n`;
  yield bytes;
  yield "\n";
}

/** Bytes that zlib cannot make smaller, the same each time (xorshift). */
function noise(length: number, seed: number): Buffer {
  const words = new Uint32Array(length / 4);
  let x = seed;
  for (let i = 0; i < words.length; i += 1) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return Buffer.from(words.buffer);
}

async function makeRepository(to: string, sample: Sample): Promise<void> {
  mkdirSync(to, { recursive: true });
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", to]);
  for (const [key, value] of [
    ["uploadpack.allowAnySHA1InWant", "true"],
    ["uploadpack.allowFilter", "true"],
  ] as const) {
    execFileSync("git", ["-C", to, "config", key, value]);
  }
  const child = spawn("git", ["-C", to, "fast-import", "--quiet"], { stdio: ["pipe", "ignore", "inherit"] });
  for (const part of sample.stream()) if (!child.stdin.write(part)) await once(child.stdin, "drain");
  child.stdin.end();
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${String(code)}`);
}

interface Cost {
  readonly code: number | null;
  readonly seconds: number;
  /** Bytes. */
  readonly peak: number;
  readonly said: string;
}

/** A program of a Job as its container would run it. */
async function measured(args: readonly string[], work: string, request: object): Promise<Cost> {
  const began = performance.now();
  const told = join(work, "told");
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      ...process.env,
      REPO_RUNNER_REQUEST: JSON.stringify(request),
      REPO_RUNNER_WORK: work,
      REPO_RUNNER_GIT_SECRET: join(work, "none"),
      REPO_RUNNER_TERMINATION_LOG: told,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-65_536)));
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, memoryOf(child.pid ?? 0))), 50);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(timer);
  return { code, seconds: (performance.now() - began) / 1000, peak, said: said + readIfThere(told) };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Resident bytes of a process and all below it. */
function memoryOf(root: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = /^PPid:\s+(?<pid>\d+)/m.exec(readIfThere(`/proc/${name}/status`))?.groups?.["pid"];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  let sum = 0;
  for (const pid of parents.keys()) {
    let at: number | undefined = pid;
    while (at !== undefined && at !== root) at = parents.get(at);
    if (at === root) sum += Number(readIfThere(`/proc/${String(pid)}/statm`).split(" ")[1] ?? 0) * 4096;
  }
  return sum;
}

/** Passes everything on to a port of loopback and counts what comes back. */
async function countingProxy(port: number): Promise<{ readonly port: number; bytes(): number; close(): void }> {
  let bytes = 0;
  const proxy = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    upstream.on("data", (chunk) => (bytes += chunk.length));
    client.pipe(upstream);
    upstream.pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      one.on("error", () => other.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return { port: (proxy.address() as AddressInfo).port, bytes: () => bytes, close: () => proxy.close() };
}
