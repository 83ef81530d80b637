import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Kube } from "./support/kube.ts";
import { pushedGit, type PushedGit } from "./support/pushed-git.ts";
import { awaitEnd, condition } from "./support/run-case.ts";
import { type SshKey, sshKey } from "./support/ssh-keys.ts";
import { dismiss, tenant } from "./support/world.ts";

const namespace = "repo-runner-e2e-ssh";
const gitNamespace = "repo-runner-e2e-ssh-git";
const password = "ssh-pa55";
const host = `sshd.${namespace}.svc`;
const identity = sshKey();
const hostKey = sshKey();
let kube: Kube;
let git: PushedGit;

/** OpenSSH's server with two repositories, one in the other by a relative address: built and run by Repo Runner itself, as a worker without a right. */
const server: Readonly<Record<string, string>> = {
  Dockerfile: `FROM docker.io/library/debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends git openssh-server && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home --password '*' --shell /bin/sh git && mkdir /srv/git && chown git /srv/git
COPY --chown=git . /srv/ssh
USER 10001
RUN sh /srv/ssh/repositories.sh && chmod 600 /srv/ssh/host_key
EXPOSE 2222
CMD ["/usr/sbin/sshd", "-D", "-e", "-f", "/srv/ssh/sshd_config"]
`,
  "repositories.sh": `set -e
export GIT_AUTHOR_NAME=T GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=T GIT_COMMITTER_EMAIL=t@example.org
cd /srv/git
for name in part app; do git init -q --bare -b main $name.git; git clone -q $name.git /tmp/$name 2>/dev/null; done
cd /tmp/part && echo 'from the part' > part.txt && git add . && git commit -qm part && git push -q origin HEAD:main
commit=$(git rev-parse HEAD)
cd /tmp/app && echo '<title>By key</title>by key' > index.html
printf '[submodule "part"]\n\tpath = part\n\turl = ../part.git\n' > .gitmodules
git add . && git update-index --add --cacheinfo 160000,$commit,part && git commit -qm app && git push -q origin HEAD:main
`,
  sshd_config: `Port 2222
HostKey /srv/ssh/host_key
AuthorizedKeysFile /srv/ssh/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
PidFile none
`,
  authorized_keys: `${identity.shown}\n`,
  host_key: hostKey.secret,
};

async function secret(name: string, key: SshKey | undefined, known: SshKey): Promise<void> {
  await kube.create("Secret", namespace, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    stringData: { ...(key && { identity: key.secret }), known_hosts: `${host} ${known.shown}\n` },
  });
}

async function run(name: string, source: object, spec: object = {}) {
  await kube.create("RepoRun", namespace, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name, namespace },
    spec: { source: { git: source }, ...spec },
  });
  return await awaitEnd(kube, { name, namespace }, 240_000);
}

/** The app's repository over ssh, by what a Secret holds. */
async function bySsh(name: string, url = `ssh://git@${host}/srv/git/app.git`) {
  return await run(name, { url, submodules: true, secretRef: { name } });
}

async function text(url: string | undefined, path: string): Promise<string> {
  const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(10_000) });
  return await answer.text();
}

describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("private sources", () => {
  beforeAll(async () => {
    kube = new Kube(process.env["REPO_RUNNER_E2E_KUBECONFIG"] ?? "");
    await tenant(kube, namespace);
    git = await pushedGit(kube, gitNamespace, { password, secret: ["closed", "closed-part"] });
    git.push("sshd", { files: server });
    const services = [{ name: "sshd", dockerfile: "Dockerfile", kind: "Worker" }];
    const status = await run("sshd", { url: git.url("sshd") }, { services });
    expect(condition(status, "Ready")?.status, status.report).toBe("True");
    await kube.create("Service", namespace, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "sshd", namespace },
      spec: { selector: { "repo-runner.dev/run": "sshd" }, ports: [{ port: 22, targetPort: 2222 }] },
    });
  });

  afterAll(async () => {
    await dismiss(kube, namespace);
    await kube.remove("Namespace", "", gitNamespace);
  });

  it("are cloned over ssh by a key, with a submodule beside them, by both forms of address", async () => {
    await secret("by-key", identity, hostKey);
    const status = await bySsh("by-key");
    expect(condition(status, "Ready")?.reason, status.report).toBe("Verified");
    expect(await text(status.url, "/")).toContain("by key");
    expect(await text(status.url, "/part/part.txt")).toContain("from the part");
    await secret("by-scp", identity, hostKey);
    const short = await bySsh("by-scp", `git@${host}:/srv/git/app.git`);
    expect(condition(short, "Ready")?.reason, short.report).toBe("Verified");
  });

  it("are not cloned from a server that is not the one that is known, nor without a key that it lets in", async () => {
    await secret("other-host", identity, sshKey());
    await secret("other-key", sshKey(), hostKey);
    await secret("no-key", undefined, hostKey);
    const [stranger, refused, keyless] = await Promise.all(
      ["other-host", "other-key", "no-key"].map((name) => bySsh(name)),
    );
    const ready = (status: Awaited<ReturnType<typeof bySsh>> | undefined) => condition(status ?? {}, "Ready");
    expect(ready(stranger)).toMatchObject({ status: "False", reason: "HostKeyUnknown" });
    expect(ready(stranger)?.message).toContain(host);
    expect(ready(refused)).toMatchObject({ status: "False", reason: "AuthRefused" });
    expect(ready(keyless)).toMatchObject({ status: "False", reason: "GitSecretIncomplete" });
    expect(JSON.stringify([stranger, refused, keyless])).not.toContain("PRIVATE KEY");
  });

  it("bring their submodules with the same token, from the same host alone", async () => {
    const part = git.push("closed-part", { files: { "part.txt": "from the closed part\n" } });
    const modules = (url: string): string => `[submodule "part"]\n\tpath = part\n\turl = ${url}\n`;
    const page = "<title>Closed</title>closed\n";
    git.push("closed", {
      files: { "index.html": page, ".gitmodules": modules("../closed-part.git") },
      submodules: { part },
    });
    await kube.create("Secret", namespace, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "token", namespace },
      stringData: { username: "pusher", password },
    });
    const source = { submodules: true, secretRef: { name: "token" } };
    const whole = await run("closed", { ...source, url: git.url("closed") });
    expect(condition(whole, "Ready")?.reason, whole.report).toBe("Verified");
    expect(await text(whole.url, "/part/part.txt")).toContain("from the closed part");

    git.push("abroad", {
      files: { "index.html": page, ".gitmodules": modules("http://elsewhere.example.org/part.git") },
      submodules: { part },
    });
    const abroad = await run("abroad", { ...source, url: git.url("abroad") });
    expect(condition(abroad, "Ready")?.reason, abroad.report).toBe("Verified");
    expect(abroad.warnings).toContain("submodule part is left out: it lies on another host than the repository");
    expect(await text(abroad.url, "/part/part.txt")).not.toContain("from the closed part");
  });
});
