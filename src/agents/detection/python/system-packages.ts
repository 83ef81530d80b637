/** Debian packages that a Python distribution needs to be built and to run; wheels on the index make most others need none. */
interface Needs {
  readonly build?: readonly string[];
  readonly run?: readonly string[];
}

const compiler = ["gcc", "libc6-dev"];

const table: Readonly<Record<string, Needs>> = {
  psycopg2: { build: [...compiler, "libpq-dev"], run: ["libpq5"] },
  psycopg: { run: ["libpq5"] },
  mysqlclient: { build: [...compiler, "pkg-config", "default-libmysqlclient-dev"], run: ["libmariadb3"] },
  pycairo: { build: [...compiler, "pkg-config", "libcairo2-dev"], run: ["libcairo2"] },
  cairosvg: { run: ["libcairo2"] },
  weasyprint: { run: ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"] },
  pdf2image: { run: ["poppler-utils"] },
  pytesseract: { run: ["tesseract-ocr"] },
  pydub: { run: ["ffmpeg"] },
  "ffmpeg-python": { run: ["ffmpeg"] },
  "openai-whisper": { run: ["ffmpeg"] },
  pyaudio: { build: [...compiler, "portaudio19-dev"], run: ["libportaudio2"] },
  "python-magic": { run: ["libmagic1"] },
  "python-ldap": { build: [...compiler, "libldap2-dev", "libsasl2-dev"], run: ["libldap-dev"] },
  pyodbc: { run: ["unixodbc"] },
  xmlsec: { build: [...compiler, "pkg-config", "libxml2-dev", "libxmlsec1-dev"], run: ["libxmlsec1-openssl"] },
  uwsgi: { build: compiler },
  pygraphviz: { build: [...compiler, "libgraphviz-dev", "pkg-config"], run: ["graphviz"] },
  graphviz: { run: ["graphviz"] },
  "opencv-python": { run: ["libgl1", "libglib2.0-0"] },
  "opencv-contrib-python": { run: ["libgl1", "libglib2.0-0"] },
  netifaces: { build: compiler },
  dlib: { build: ["g++", "make", "cmake"] },
};

/** What apt has to bring for these dependencies; a `-binary` or `[binary]` wheel brings its libraries itself. */
export function systemPackages(dependencies: ReadonlyMap<string, readonly string[]>): {
  readonly build: readonly string[];
  readonly run: readonly string[];
  readonly because: readonly string[];
} {
  const build = new Set<string>();
  const run = new Set<string>();
  const because: string[] = [];
  for (const [name, extras] of dependencies) {
    const needs = extras.includes("binary") ? undefined : table[name];
    if (needs === undefined) continue;
    for (const one of needs.build ?? []) build.add(one);
    for (const one of needs.run ?? []) run.add(one);
    because.push(name);
  }
  if (dependencies.has("psycopg") && dependencies.get("psycopg")?.includes("c") === true) {
    for (const one of [...compiler, "libpq-dev"]) build.add(one);
  }
  return { build: [...build], run: [...run], because };
}
