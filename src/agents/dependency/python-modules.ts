/**
 * Distributions by the name under which code imports them; a module that is not here is not guessed, for a name out of a repository's code
 * must never choose what is installed.
 */
const distributions: Readonly<Record<string, string>> = {
  aiohttp: "aiohttp", altair: "altair", anthropic: "anthropic", apscheduler: "apscheduler", bokeh: "bokeh", boto3: "boto3", bottle: "bottle",
  bs4: "beautifulsoup4", celery: "celery", chainlit: "chainlit", cherrypy: "cherrypy", click: "click", cv2: "opencv-python-headless",
  dash: "dash", dateutil: "python-dateutil", datasets: "datasets", discord: "discord.py", django: "django", dotenv: "python-dotenv",
  duckdb: "duckdb", falcon: "falcon", fastapi: "fastapi", fasthtml: "python-fasthtml", feedparser: "feedparser", flask: "flask",
  flask_cors: "flask-cors", flask_login: "flask-login", flask_migrate: "flask-migrate", flask_restful: "flask-restful",
  flask_socketio: "flask-socketio", flask_sqlalchemy: "flask-sqlalchemy", flask_wtf: "flask-wtf", gradio: "gradio", httpx: "httpx",
  ipywidgets: "ipywidgets", jinja2: "jinja2", joblib: "joblib", jwt: "pyjwt", keras: "keras", langchain: "langchain", lightgbm: "lightgbm",
  litestar: "litestar", lxml: "lxml", markdown: "markdown", matplotlib: "matplotlib", mysql: "mysql-connector-python", networkx: "networkx",
  nicegui: "nicegui", nltk: "nltk", numpy: "numpy", openai: "openai", openpyxl: "openpyxl", paho: "paho-mqtt", pandas: "pandas", panel: "panel",
  peewee: "peewee", pika: "pika", PIL: "pillow", plotly: "plotly", polars: "polars", psutil: "psutil", psycopg: "psycopg[binary]",
  psycopg2: "psycopg2-binary", pydantic: "pydantic", pygame: "pygame", pymongo: "pymongo", pymysql: "pymysql", pytz: "pytz", quart: "quart",
  redis: "redis", requests: "requests", rich: "rich", sanic: "sanic", schedule: "schedule", scipy: "scipy", seaborn: "seaborn",
  sentence_transformers: "sentence-transformers", serial: "pyserial", shiny: "shiny", skimage: "scikit-image", sklearn: "scikit-learn",
  spacy: "spacy", sqlalchemy: "sqlalchemy", sqlmodel: "sqlmodel", starlette: "starlette", statsmodels: "statsmodels", streamlit: "streamlit",
  sympy: "sympy", telebot: "pytelegrambotapi", telegram: "python-telegram-bot", tensorflow: "tensorflow", torch: "torch",
  torchaudio: "torchaudio", torchvision: "torchvision", tornado: "tornado", tqdm: "tqdm", transformers: "transformers", typer: "typer",
  uvicorn: "uvicorn", voila: "voila", waitress: "waitress", websockets: "websockets", xgboost: "xgboost", yaml: "pyyaml", yfinance: "yfinance",
}; // prettier-ignore

/** Distributions that are known for imported modules (`bs4`, `sklearn.svm`), sorted; the unknown and the own left out. */
export function distributionsOf(modules: Iterable<string>, own: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>();
  for (const module of modules) {
    const [top = ""] = module.split(".");
    const name = Object.hasOwn(distributions, top) && !own.has(top) ? distributions[top] : undefined;
    if (name !== undefined) found.add(name);
  }
  return [...found].toSorted();
}

/** The module by which code imports a distribution: `PIL` for `pillow`; most are called alike. */
export function moduleOf(distribution: string): string {
  const known = Object.entries(distributions).find(([, name]) => name.replace(/\[.*$/, "") === distribution)?.[0];
  return known ?? distribution.replaceAll("-", "_");
}
