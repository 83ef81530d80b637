import type { Answer, Found, Rule } from "../rule.ts";
import { end } from "../rule.ts";
import { mend, otherStarts } from "../remedies.ts";
import { addLibrary, addPackages } from "../tables/lookup.ts";
import { distributions } from "../tables/python-modules.ts";

const programs = ["python"] as const;

/** What goes wrong when programs of Python start. */
export const pythonRunning: readonly Rule[] = [
  {
    id: "P15",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "OpenCV without windows, else the library",
    stage: "Run",
    of: programs,
    seen: [/libGL\.so\.1|libgthread-2\.0\.so\.0/],
    answers: ({ service }) => addPackages(service, "Run", ["libgl1", "libglib2.0-0"], "OpenGL for OpenCV"),
  },
  {
    id: "P16",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "the package that has the shared object",
    stage: "Run",
    of: programs,
    seen: [
      /(?<object>lib[\w+.-]{1,60}\.so(?:\.[\d.]{1,12})?): cannot open shared object|cannot load library '(?<other>lib[\w+.-]{1,60})'|no library called "(?<third>[\w-]{1,40})"|(?<magic>failed to find libmagic)|sndfile library not found/,
    ],
    answers: ({ service, groups }) => {
      const third =
        groups["third"] === undefined ? undefined : `lib${groups["third"].replace(/-\d$/, "").replace(/^lib/, "")}.so`;
      const object =
        groups["object"] ??
        (groups["magic"] === undefined ? undefined : "libmagic.so") ??
        groups["other"] ??
        third ??
        "libsndfile.so";
      return addLibrary(service, "Run", "object", object.includes(".so") ? object : `${object}.so`);
    },
  },
  {
    id: "P16b",
    signature: "MissingProgram",
    layer: "System",
    remedy: "the package that has the program",
    origin: "catalogue O16, observed: programs that libraries call",
    stage: "Run",
    of: programs,
    seen: [
      /No such file or directory: '(?<command>[\w.-]{2,30})'|(?<poppler>Unable to get page count\. Is poppler installed)|(?<tesseract>tesseract is not installed)|Couldn't find (?<ff>ffmpeg|ffprobe)|(?<git>Bad git executable)|No wkhtmltopdf executable found|(?<dot>failed to execute .{0,20}dot)/,
    ],
    answers: ({ service, groups, line }) => {
      const word =
        groups["command"] ??
        groups["ff"] ??
        (groups["poppler"] && "pdftoppm") ??
        (groups["tesseract"] && "tesseract") ??
        (groups["git"] && "git") ??
        (groups["dot"] && "dot");
      return addLibrary(service, "Run", "command", word ?? (line.includes("wkhtmltopdf") ? "wkhtmltopdf" : undefined));
    },
  },
  {
    id: "P01",
    signature: "MissingModule",
    layer: "Deps",
    remedy: "the distribution of a well-known module; one of the repository is found by its folder",
    stage: "Run",
    of: programs,
    seen: [
      /ModuleNotFoundError: No module named '(?<module>[\w.]{1,80})'|ImportError: No module named (?<other>[\w.]{1,80})/,
    ],
    answers: missingModule,
  },
  {
    id: "P26",
    signature: "ServerMissing",
    layer: "Deps",
    remedy: "the server that the start line calls is installed",
    stage: "Run",
    of: programs,
    seen: [
      /(?<server>gunicorn|uvicorn|hypercorn|daphne|waitress-serve|flask|celery|streamlit|alembic): (?:command )?not found|exec: "?(?<other>gunicorn|uvicorn|hypercorn|daphne|waitress-serve)"?: .{0,40}not found/,
    ],
    answers: (found) => {
      const server = found.groups["server"] ?? found.groups["other"] ?? "";
      const name = server === "waitress-serve" ? "waitress" : server === "flask" ? "Flask" : server;
      return [
        ...mend(
          found,
          { kind: "AddDependencies", stage: "Install", dependencies: [name] },
          `it is started by ${server}, which its manifest does not name; installed`,
        ),
        ...otherStarts(found, `${server} is not there`),
      ];
    },
  },
  {
    id: "P32",
    signature: "NeedsGpu",
    layer: "Process",
    remedy: "the processor in place of a GPU, where the program lets itself be told",
    stage: "Run",
    of: programs,
    seen: [
      /libcuda\.so\.1|Found no NVIDIA driver|CUDA (?:driver|error).{0,60}(?:insufficient|no CUDA-capable)|Torch not compiled with CUDA enabled|No CUDA GPUs are available/,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetEnv", name: "CUDA_VISIBLE_DEVICES", value: "", phase: "Run" },
        "there is no GPU; told to do without one",
      ),
      end(
        "NeedsHardware",
        `${found.service.name} wants a GPU, and the cluster has none for it`,
        "run it where there are GPUs: spec.services[].resources.limits with nvidia.com/gpu",
      ),
    ],
  },
  {
    id: "P27",
    signature: "StartMissing",
    layer: "Process",
    remedy: "another entry point that code found",
    stage: "Run",
    of: programs,
    seen: [
      /Error loading ASGI app|Failed to find attribute '|can't open file '|Could not import module "|Failed to parse '\S{1,60}' as an attribute name|Could not locate a Flask application|Error: No such file or directory: .{0,80}\.py|Attribute "\w{1,40}" not found in module/,
    ],
    answers: (found) => otherStarts(found, "what it starts is not there"),
  },
  {
    id: "P28",
    signature: "ListensOnLoopback",
    layer: "Network",
    remedy: "the option of the server by which it listens everywhere",
    of: programs,
    reasons: ["ListensOnLoopback"],
    answers: (found) =>
      mend(
        found,
        { kind: "SetBind" },
        `it listened on ${found.evidence.failure.where ?? "127.0.0.1"} only; told to listen on every address`,
      ),
  },
  {
    id: "P34",
    signature: "ListensOnLoopback",
    layer: "Network",
    remedy: "the variables by which Streamlit, Gradio and Jupyter listen everywhere",
    of: programs,
    reasons: ["ListensOnLoopback"],
    seen: [/(?<tool>gradio|streamlit|Running on local URL:)/i],
    answers: (found) => {
      const streamlit = /streamlit/i.test(found.service.start ?? "");
      const name = streamlit ? "STREAMLIT_SERVER_ADDRESS" : "GRADIO_SERVER_NAME";
      return mend(
        found,
        { kind: "SetEnv", name, value: "0.0.0.0", phase: "Run" },
        `it listened on the loopback only; ${name}=0.0.0.0 set`,
      );
    },
  },
  {
    id: "P38",
    signature: "DatabaseFileNotWritable",
    layer: "Process",
    remedy: "a folder that the program may write to",
    stage: "Run",
    of: programs,
    seen: [/sqlite3\.OperationalError\)? ?.{0,10}unable to open database file/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name} cannot open the file of its SQLite database`,
        "let it lie in a folder that exists, /tmp or one below the sources, or name a volume: spec.services[].volumes",
      ),
    ],
  },
];

/** A module that is not there: a well-known distribution, else a start that needs it less, else the repository's own fault. */
function missingModule(found: Found): readonly Answer[] {
  const module = found.groups["module"] ?? found.groups["other"] ?? "";
  const [top = ""] = module.split(".");
  const { service } = found;
  const distribution = distributions[top];
  const local = mend(
    found,
    { kind: "SetEnv", name: "PYTHONPATH", value: "/app:/app/src:/app/app:/app/backend", phase: "Run" },
    `${top} is looked for in the repository's own folders`,
  );
  if (distribution !== undefined)
    return mend(
      found,
      { kind: "AddDependencies", stage: "Install", dependencies: [distribution] },
      `it imports ${top}, which its manifest does not name; ${distribution} installed`,
    );
  return [
    ...local,
    ...otherStarts(found, `${top.slice(0, 40)} is not there`),
    end(
      "RepoDefect",
      `${service.name} imports ${module.slice(0, 80)}, which is neither in the repository nor among its dependencies`,
      "add it to the dependencies and push; nothing is installed that no manifest and no table of ours names",
    ),
  ];
}
