import { describe, expect, it } from "vitest";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import { commandsOf } from "./commands.ts";
import { shell } from "./shell.ts";

holdsLanguageContract(shell, { "start.sh": "echo hello\n" });

describe("the interpreter", () => {
  it.each([
    ["echo hello", "sh start.sh", []],
    ["#!/bin/bash\necho", "bash start.sh", []],
    ["#!/usr/bin/env bash\necho", "bash start.sh", []],
    ["#!/bin/zsh\nuname -m", "zsh start.sh", ["zsh"]],
    ["#!/usr/bin/frobnicate\necho", "bash start.sh", []],
  ])("%j → %s", async (text, start, packages) => {
    const service = (await detectIn(shell, { "start.sh": text }))?.services[0];
    expect(service).toMatchObject({ start, recipe: { runPackages: packages } });
  });
});

describe("what it does", () => {
  it.each([
    ["echo done", "Job", undefined],
    ["while true; do date; sleep 5; done", "Worker", undefined],
    ["exec busybox httpd -f -p 8090", "Web", 8090],
    ["socat TCP-LISTEN:7000,fork EXEC:cat", "Web", 7000],
    ["# nc -l 80\necho done", "Job", undefined],
  ])("%j is a %s", async (text, kind, number) => {
    const service = (await detectIn(shell, { "start.sh": text }))?.services[0];
    expect([service?.kind, service?.port.number]).toEqual([kind, number]);
  });

  it("PORT is taken where the script takes it", async () => {
    const service = (await detectIn(shell, { "start.sh": 'busybox httpd -f -p "${PORT:-8000}"' }))?.services[0];
    expect(service?.port).toMatchObject({ number: 8000, readsPort: true });
  });
});

it("another script runs where a person names it", async () => {
  const files = { "start.sh": "echo no", "bin/run.sh": "#!/bin/bash\n" };
  const wishes = { ...noWishes, env: { RAILPACK_SHELL_SCRIPT: "bin/run.sh" } };
  expect((await detectIn(shell, files, ".", wishes))?.services[0]?.start).toBe("bash bin/run.sh");
  const outside = { ...noWishes, env: { SHELL_SCRIPT: "../etc/run.sh; reboot" } };
  expect(await detectIn(shell, files, ".", outside)).toBeUndefined();
});

describe("a declared start that is a script", () => {
  const wished = (start: string): typeof noWishes => ({ ...noWishes, service: { name: "job", start } });

  it.each(["./run.sh", "run.sh", "bash run.sh"])("%s is run", async (start) => {
    const files = { "run.sh": "#!/bin/bash\necho done\n" };
    const detection = await detectIn(shell, files, ".", wished(start));
    expect([detection?.sure, detection?.services[0]?.start]).toEqual(["Likely", "bash run.sh"]);
  });

  it.each(["./gone.sh", "./run.sh && true", "../run.sh", "run.sh --all"])("%s is not", async (start) => {
    expect(await detectIn(shell, { "run.sh": "echo done\n" }, ".", wished(start))).toBeUndefined();
  });

  it("is no shell's where it starts another language", async () => {
    expect(await detectIn(shell, { "run.sh": "exec node server.js\n" }, ".", wished("./run.sh"))).toBeUndefined();
  });
});

it("how a developer starts another language is no service of its own", async () => {
  expect(await detectIn(shell, { "start.sh": "cd web && npm start" })).toBeUndefined();
  expect(await detectIn(shell, { "start.sh": "docker compose up" })).toBeUndefined();
});

describe("what a script calls", () => {
  it.each([
    ["exec curl -s x | jq .", ["curl", "jq"]],
    ["if ! wget -q x; then nc -l 80; fi", ["wget", "netcat-openbsd"]],
    ["echo 'curl is not called'\n# jq neither", []],
    ["cat <<EOF\njq\nEOF\n", []],
    ["X=1 ffmpeg -i a b", ["ffmpeg"]],
    ["VALUE=$(bc <<< 1+1)", ["bc"]],
  ])("%j", (script, packages) => {
    expect(commandsOf(script).packages).toEqual(packages);
  });

  it("a hostile script costs no time", () => {
    const began = performance.now();
    commandsOf(`${"if ".repeat(300)}\n`.repeat(2000));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
