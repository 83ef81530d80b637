import { expect, it } from "vitest";
import type { Service } from "../../plan.ts";
import { PortPlan, Service as ServiceShape } from "../../plan.ts";
import { treeOf } from "../detection/literal-tree.ts";
import { findLikelyPort } from "./likely-port.ts";

async function find(files: Readonly<Record<string, string>>, part: Partial<Service>) {
  const service = ServiceShape.parse({
    name: "web",
    kind: "Web",
    path: ".",
    language: "node",
    framework: null,
    runtime: null,
    manager: null,
    recipe: { install: null, build: null },
    start: null,
    port: { from: "Default" },
    probe: {},
    resources: { requests: {}, limits: {} },
    sure: "Certain",
    ...part,
  });
  const found = await findLikelyPort(treeOf(files), service);
  PortPlan.parse(found.port);
  return found;
}

const node = { start: "node server.js" };
const python = { language: "python", start: "python app.py" };
const go = { language: "go", start: "./app" };

it.each([
  ["app.listen(process.env.PORT || 3000);", 3000, true],
  ["const PORT = process.env.PORT ?? 4000;\napp.listen(PORT);", 4000, true],
  ["server.listen(8081);", 8081, false],
  ["const port = 5050;\napp.listen(port, () => {});", 5050, false],
  ["app.listen({ port: 7000, host: '0.0.0.0' });", 7000, false],
  ["// app.listen(1234)\napp.listen(Number(process.env.PORT));", undefined, true],
])("node: %s", async (text, number, readsPort) => {
  const { port } = await find({ "server.js": text }, node);
  expect([port.number, port.readsPort]).toEqual([number, readsPort]);
});

it.each([
  ["app.run(host='0.0.0.0', port=5001)", 5001, false],
  ["uvicorn.run(app, port=int(os.environ.get('PORT', 8001)))", 8001, true],
  ["HTTPServer(('', 8002), Handler).serve_forever()", 8002, false],
  ["PORT = 8003\nwith socketserver.TCPServer(('', PORT), Handler) as s:\n    s.serve_forever()", 8003, false],
  ["web.run_app(app, port=8004)", 8004, false],
  ["app.listen(8005)", 8005, false],
])("python: %s", async (text, number, readsPort) => {
  const { port } = await find({ "app.py": `${text}\n` }, python);
  expect([port.number, port.readsPort, port.from]).toEqual([number, readsPort, "Code"]);
});

it.each([
  ['http.ListenAndServe(":8081", nil)', 8081, false],
  ['r.Run("0.0.0.0:8082")', 8082, false],
  ['port := os.Getenv("PORT")\nif port == "" {\n\tport = "8083"\n}\nhttp.ListenAndServe(":"+port, nil)', 8083, true],
  ['port := getEnv("PORT", "8084")', 8084, true],
  ['srv := &http.Server{Addr: ":8085"}', 8085, false],
])("go: %s", async (text, number, readsPort) => {
  const { port } = await find({ "main.go": `package main\n\nfunc main() {\n${text}\n}\n` }, go);
  expect([port.number, port.readsPort]).toEqual([number, readsPort]);
});

it("takes the start line's port before the code's, and PORT in it as told", async () => {
  const files = { "app.py": "app.run(port=5000)\n" };
  expect((await find(files, { ...python, start: "gunicorn --bind 0.0.0.0:8765 app:app" })).port).toMatchObject({
    number: 8765,
    from: "Config",
  });
  expect(
    (
      await find(files, {
        ...python,
        start: "gunicorn --bind 0.0.0.0:$PORT app:app",
        port: { number: 8000, from: "Framework", readsPort: true },
      })
    ).port,
  ).toMatchObject({ number: 8000, from: "Framework", readsPort: true });
});

it("leaves the person's word alone", async () => {
  const { port } = await find(
    { "server.js": "app.listen(1234)" },
    { ...node, port: { number: 9000, from: "Spec", readsPort: false } },
  );
  expect(port).toMatchObject({ number: 9000, from: "Spec" });
});

it("reads what a Dockerfile exposes", async () => {
  const text = "FROM a\nENV PORT=8090 OTHER=1\nEXPOSE 53/udp ${PORT}\n";
  const { port } = await find(
    { Dockerfile: text },
    {
      language: "dockerfile",
      recipe: ServiceShape.shape.recipe.parse({ dockerfile: "Dockerfile", install: null, build: null }),
    },
  );
  expect(port).toMatchObject({ number: 8090, from: "Config", where: "Dockerfile:3" });
});

it("takes of what a Dockerfile exposes no port of ssh or a database", async () => {
  const { port } = await find(
    { Dockerfile: "FROM a\nEXPOSE 22 3000\n" },
    {
      language: "dockerfile",
      recipe: ServiceShape.shape.recipe.parse({ dockerfile: "Dockerfile", install: null, build: null }),
    },
  );
  expect(port).toMatchObject({ number: 3000, where: "Dockerfile:2" });
});

it("falls back on an example file, then on the framework", async () => {
  expect((await find({ "server.js": "start()", ".env.example": "PORT=3456\n" }, node)).port).toMatchObject({
    number: 3456,
    from: "Config",
    where: ".env.example:1",
  });
  expect((await find({}, { framework: "next", start: "next start" })).port).toMatchObject({
    number: 3000,
    from: "Framework",
    readsPort: true,
    hostVariable: "HOSTNAME",
  });
  expect((await find({}, {})).port).toEqual({ from: "Default", readsPort: false });
});

it("sees the variable of the address, not a database's, and warns of loopback", async () => {
  const found = await find(
    {
      "server.js":
        "const db = process.env.DB_HOST;\nconst host = process.env.HOST || '127.0.0.1';\napp.listen(3000, host);",
    },
    node,
  );
  expect(found.port.hostVariable).toBe("HOST");
  expect(found.warnings).toEqual([
    "server.js:2 listens on 127.0.0.1, which nothing outside of its pod reaches; HOST may change it",
  ]);
  expect(
    (await find({ "main.go": 'package main\nfunc main() { http.ListenAndServe("localhost:80", nil) }\n' }, go))
      .warnings[0],
  ).toContain("main.go:2 listens on localhost");
});

it.each([
  ["server.js", "app.get('/', home);\napp.get('/healthz', ok);", node, "/healthz"],
  ["server.js", "app.get('/', home);", node, "/"],
  ["server.js", "app.get('/orders', list);", node, undefined],
  ["app.py", '@app.route("/health")\ndef health():\n    return "ok"\n', python, "/health"],
  ["app.py", 'urlpatterns = [path("", views.home)]\n', python, "/"],
  ["main.go", 'package main\nfunc main() {\n\thttp.HandleFunc("GET /healthz", ok)\n}\n', go, "/healthz"],
  ["app.py", 'value = settings.get("up")\nx = app.get("ping")\n', python, undefined],
  ["app.py", 'router = APIRouter(prefix="/x")\n@router.get("/health")\ndef h(): ...\n', python, undefined],
  ["server.js", "const api = express.Router();\napi.get('/health', ok);", node, undefined],
  [
    "main.go",
    'package main\nfunc main() {\n\tr := gin.Default()\n\tv1 := r.Group("/v1")\n\tv1.GET("/ping", ok)\n}\n',
    go,
    undefined,
  ],
])("asks %s: %s", async (path, text, part, expected) => {
  expect((await find({ [path]: text }, part)).probe.path).toBe(expected);
});

it("hears a development container's port where nothing else speaks, and no database's", async () => {
  const files = { "run.sh": "", ".devcontainer/devcontainer.json": '{ "forwardPorts": [5432, "db:1", 4010] } // x' };
  const { port } = await find(files, { language: "shell", start: "./run.sh" });
  expect(port).toMatchObject({ number: 4010, from: "Config", where: ".devcontainer/devcontainer.json" });
});
