/** Programs that a script may call and the Debian package of each; "" where a slim Debian has it. */
const packages: Readonly<Record<string, string>> = {
  curl: "curl", wget: "wget", jq: "jq", git: "git", zsh: "zsh", ksh: "ksh", fish: "fish",
  nc: "netcat-openbsd", netcat: "netcat-openbsd", ncat: "ncat", socat: "socat", busybox: "busybox", httpd: "busybox",
  cowsay: "cowsay", figlet: "figlet", fortune: "fortune-mod", bc: "bc", dc: "dc", ffmpeg: "ffmpeg", ffprobe: "ffmpeg",
  convert: "imagemagick", magick: "imagemagick", openssl: "openssl", unzip: "unzip", zip: "zip", xz: "xz-utils",
  python3: "python3", python: "python-is-python3", perl: "perl", gawk: "gawk", ps: "procps", top: "procps", pgrep: "procps",
  psql: "postgresql-client", pg_dump: "postgresql-client", mysql: "default-mysql-client", mysqldump: "default-mysql-client",
  "redis-cli": "redis-tools", sqlite3: "sqlite3", ssh: "openssh-client", scp: "openssh-client", rsync: "rsync",
  dig: "dnsutils", nslookup: "dnsutils", ping: "iputils-ping", ip: "iproute2", ss: "iproute2", xmllint: "libxml2-utils",
  pandoc: "pandoc", gpg: "gnupg", make: "make", gcc: "gcc", vim: "vim-tiny", tree: "tree", file: "file", lynx: "lynx",
  nginx: "nginx-light", lighttpd: "lighttpd", webfsd: "webfs",
}; // prettier-ignore

/** Programs of other languages and of container tools: a script that calls one is how a developer starts something else. */
const foreign =
  /^(?:docker|docker-compose|podman|kubectl|helm|minikube|terraform|ansible(?:-playbook)?|npm|npx|yarn|pnpm|bun|deno|node|nodemon|pm2|pip3?|uv|poetry|pipenv|conda|gunicorn|uvicorn|flask|streamlit|celery|go|cargo|rustc|mvn|mvnw|gradle|gradlew|java|php|composer|artisan|ruby|bundle|rails|rake|dotnet|mix|elixir|stack|cabal|swift|dart|flutter|zig|crystal|shards|systemctl|service|brew|apt|apt-get|yum|dnf|apk|tmux|screen|xdg-open|open)$/;

/** What a script calls: packages of Debian that it needs, and programs that only another language brings. */
export interface Commands {
  readonly packages: readonly string[];
  readonly foreign: readonly string[];
}

/** Reads the words that stand where a command may. No shell is parsed: strings and here-documents are skipped as far as lines tell. */
export function commandsOf(script: string): Commands {
  const found = new Set<string>();
  let until: string | undefined;
  for (const raw of script.split("\n").slice(0, 2000)) {
    const line = raw.slice(0, 1000).trim();
    if (until !== undefined) {
      if (line === until) until = undefined;
      continue;
    }
    if (line.startsWith("#")) continue;
    until = /<<-?\s{0,4}["']?(?<mark>\w{1,40})["']?/.exec(line)?.groups?.["mark"];
    const bare = line.replaceAll(/'[^']*'/g, "''");
    for (const match of bare.matchAll(
      /(?:^|[;&|({`!]|\b(?:then|do|else|if|while|until)(?=\s))\s*(?:(?:exec|time|nohup|command|sudo|env|xargs|then|do|else|if|while|until|!|timeout\s+\S+)\s+){0,4}(?:[A-Za-z_]\w{0,60}=\S{0,200}\s+){0,8}(?:\.?\/?(?:usr\/)?(?:local\/)?(?:s?bin\/)?)(?<word>[A-Za-z][\w.+-]{0,40})/g,
    ))
      found.add(match.groups?.["word"] ?? "");
  }
  const needed = [...found].flatMap((word) => (Object.hasOwn(packages, word) ? (packages[word] ?? []) : []));
  return {
    packages: [...new Set(needed)].filter((name) => name !== "").slice(0, 24),
    foreign: [...found].filter((word) => foreign.test(word)),
  };
}
