import { expect, it } from "vitest";
import { draftPlan } from "../../survey.ts";
import { anyPlatform } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";

async function programsOf(files: Readonly<Record<string, string>>) {
  const spec = { source: { git: { url: "https://git.example.org/shop.git" } } };
  const plan = await draftPlan(treeOf(files), { spec, platform: anyPlatform, name: "shop" });
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  return plan.value.services.map(({ name, kind, start }) => [name, kind, start]);
}

const flask = "from flask import Flask\nimport os\napp = Flask(__name__)\n";
const tasks =
  'import os\nfrom celery import Celery\n\ncelery = Celery("shop", broker=os.environ["REDIS_URL"])\n\n@celery.task\ndef count():\n    return 1\n';
const python = {
  "requirements.txt": "flask\ncelery[redis]\n",
  "app.py": `${flask}import shop.tasks\n`,
  "shop/__init__.py": "",
};
const worker = "celery -A shop.tasks:celery worker --loglevel info --concurrency 2";

it("lets somebody work for Celery, and keep its schedule", async () => {
  const [web, ...further] = await programsOf({ ...python, "shop/tasks.py": tasks });
  expect(web?.slice(0, 2)).toEqual(["web", "Web"]);
  expect(further).toEqual([["worker", "Worker", worker]]);
  const scheduled = `${tasks}celery.conf.beat_schedule = {}\n`;
  expect((await programsOf({ ...python, "shop/tasks.py": scheduled })).at(-1)).toEqual([
    "beat",
    "Worker",
    "celery -A shop.tasks:celery beat --loglevel info --schedule /tmp/celerybeat-schedule",
  ]);
});

it.each([
  [
    "a Procfile says which programs there are",
    { ...python, "shop/tasks.py": tasks, Procfile: "web: gunicorn app:app\n" },
  ],
  [
    "its broker is in its own memory",
    { ...python, "shop/tasks.py": tasks.replace('os.environ["REDIS_URL"]', '"memory://"') },
  ],
  ["it is made by tests alone", { ...python, "tests/test_tasks.py": tasks }],
])("adds no worker where %s", async (_what, files) => {
  expect(await programsOf(files)).toHaveLength(1);
});

it("runs a queue's worker alone where nothing serves", async () => {
  expect(
    await programsOf({ "requirements.txt": "celery[redis]\n", "shop/__init__.py": "", "shop/tasks.py": tasks }),
  ).toEqual([["worker", "Worker", worker]]);
});

const queue =
  'from redis import Redis\nfrom rq import Queue\nimport os\nq = Queue("mail", connection=Redis.from_url(os.environ["REDIS_URL"]))\n';

it.each([
  ["rq", { "app.py": flask + queue }, 'rq worker --url "$REDIS_URL" mail'],
  [
    "rq",
    { "app.py": flask + queue, "work.py": "from rq import Worker\nw = Worker(['mail'])\nw.work()\n" },
    "python work.py",
  ],
  [
    "dramatiq",
    { "app.py": flask, "jobs.py": "import dramatiq\n@dramatiq.actor\ndef a(): pass\n" },
    "dramatiq jobs --processes 1 --threads 4",
  ],
  [
    "huey",
    { "app.py": flask, "jobs.py": "from huey import RedisHuey\nqueue = RedisHuey('a')\n" },
    "huey_consumer jobs.queue",
  ],
  [
    "arq",
    { "app.py": flask, "src/jobs.py": "class WorkerSettings:\n    functions = []\n" },
    "cd src && arq jobs.WorkerSettings",
  ],
])("knows the worker of %s", async (library, files, line) => {
  const programs = await programsOf({ "requirements.txt": `flask\n${library}\n`, ...files });
  expect(programs.find(([name]) => name === "worker")?.[2]).toBe(line);
});

const node = (scripts: object) => ({
  "package.json": JSON.stringify({ scripts, dependencies: { bullmq: "5", express: "5" } }),
  "server.js": "require('express')().listen(process.env.PORT)",
  "worker.js": "const { Worker } = require('bullmq'); new Worker('mail', f)",
});

it("takes a Node package's script for its queue, else the file that waits for work", async () => {
  expect(
    await programsOf(node({ start: "node server.js", "worker:dev": "nodemon worker.js", worker: "node worker.js" })),
  ).toEqual([
    ["web", "Web", "node server.js"],
    ["worker", "Worker", "node worker.js"],
  ]);
  expect((await programsOf(node({ start: "node server.js" })))[1]).toEqual(["worker", "Worker", "node worker.js"]);
  const own = {
    ...node({ start: "node server.js" }),
    "server.js": "require('./worker');require('express')().listen(1)",
  };
  expect(await programsOf(own)).toHaveLength(1);
});

it("starts what is compiled from where it is compiled to", async () => {
  const files = {
    "package.json": JSON.stringify({
      scripts: { build: "tsc", start: "node dist/index.js" },
      dependencies: { bullmq: "5", fastify: "5" },
      devDependencies: { typescript: "5" },
    }),
    "src/index.ts": "import fastify from 'fastify';\nfastify().listen({ port: 3000 })",
    "src/worker.ts": "import { Worker } from 'bullmq';\nnew Worker('mail', f)",
  };
  expect((await programsOf(files))[1]).toEqual(["worker", "Worker", "node dist/worker.js"]);
});

it("empties the queues of Rails and Laravel", async () => {
  const rails = {
    Gemfile: 'source "https://rubygems.org"\ngem "rails"\ngem "sidekiq"\ngem "puma"\n',
    "Gemfile.lock": "GEM\n  specs:\n    puma (6.0)\n    rails (8.0.0)\n    sidekiq (7.0)\n",
    "config/application.rb": "module Shop\n  class Application < Rails::Application\n  end\nend\n",
    "config.ru": "run Rails.application\n",
    "bin/rails": "#!/usr/bin/env ruby\n",
  };
  expect((await programsOf(rails))[1]).toEqual(["worker", "Worker", "bundle exec sidekiq"]);
  const laravel = {
    "composer.json": JSON.stringify({ require: { php: "^8.3", "laravel/framework": "^12" } }),
    artisan: "#!/usr/bin/env php\n",
    "public/index.php": "<?php\n",
    "app/Jobs/Mail.php": "<?php\n",
    ".env.example": "QUEUE_CONNECTION=redis\n",
    "routes/console.php": "<?php\nSchedule::command('a')->daily();\n",
  };
  expect((await programsOf(laravel)).slice(1).map(([name, , line]) => [name, line])).toEqual([
    ["worker", "php artisan queue:work --tries=3"],
    ["scheduler", "php artisan schedule:work"],
  ]);
});
