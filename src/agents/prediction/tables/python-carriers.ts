/** Distributions that come with others, by the start of the others' names: to name them again would be noise. */
const carriers: Readonly<Record<string, readonly string[]>> = {
  click: ["flask", "uvicorn", "typer", "celery", "fastapi", "streamlit", "rq", "dask", "black", "quart"],
  jinja2: ["flask", "quart", "torch", "bokeh", "dash", "notebook", "jupyter", "gradio", "streamlit", "panel", "altair"],
  starlette: ["fastapi", "fasthtml", "python-fasthtml", "litestar"],
  pydantic: ["fastapi", "openai", "anthropic", "langchain", "sqlmodel", "gradio", "litestar"],
  numpy: ["pandas", "scipy", "scikit", "matplotlib", "torch", "tensorflow", "opencv", "streamlit", "seaborn", "xgboost", "lightgbm", "statsmodels", "gradio", "keras", "transformers", "spacy", "dash", "panel", "bokeh", "altair", "datasets", "networkx"],
  pandas: ["streamlit", "seaborn", "statsmodels", "gradio", "yfinance", "panel", "altair", "datasets", "plotly-express"],
  scipy: ["scikit", "statsmodels", "xgboost", "lightgbm"],
  requests: ["streamlit", "transformers", "datasets", "yfinance", "docker", "spotipy", "tweepy", "sphinx", "jupyter", "langchain", "tensorflow", "gradio", "spacy", "apache", "google"],
  tornado: ["streamlit", "bokeh", "panel", "notebook", "jupyter", "voila"],
  httpx: ["openai", "anthropic", "gradio", "litestar", "langchain"],
  sqlalchemy: ["flask-sqlalchemy", "sqlmodel", "flask-migrate", "langchain", "alembic"],
  matplotlib: ["seaborn", "scikit-image"],
  plotly: ["dash"], torch: ["torchvision", "torchaudio", "sentence-transformers"],
  transformers: ["sentence-transformers"], tqdm: ["transformers", "datasets", "openai", "nltk", "spacy", "sentence"],
  pyyaml: ["transformers", "datasets", "uvicorn", "bokeh", "huggingface", "langchain", "sanic-ext", "dask"],
  pillow: ["matplotlib", "streamlit", "gradio", "torchvision", "scikit-image", "bokeh"],
  rich: ["typer", "streamlit", "gradio"], uvicorn: ["gradio", "fastapi", "nicegui", "chainlit", "shiny", "python-fasthtml"],
  fastapi: ["gradio", "nicegui", "chainlit"], joblib: ["scikit", "nltk"], lxml: ["python-docx", "python-pptx"],
  "python-dateutil": ["pandas", "matplotlib", "boto", "celery", "streamlit", "seaborn", "apscheduler", "alembic"],
  pytz: ["pandas", "apscheduler", "django", "celery", "flask-apscheduler"], redis: ["rq", "celery", "django-redis", "channels-redis", "arq"],
  "python-dotenv": ["uvicorn", "pydantic-settings", "chainlit"], flask: ["flask-", "dash", "gunicorn-flask"], django: ["django-", "djangorestframework", "wagtail", "channels", "graphene-django"],
  boto3: ["moto", "django-storages", "awscli", "sagemaker"], aiohttp: ["discord", "slack", "datasets", "langchain", "gcsfs", "s3fs"],
  websockets: ["uvicorn", "gradio", "sanic", "yfinance"], psutil: ["notebook", "ipykernel", "jupyter"],
}; // prettier-ignore

/** Whether one of the distributions that are named brings another along. */
export function carried(brought: readonly string[], stem: string): boolean {
  const by = Object.hasOwn(carriers, stem) ? (carriers[stem] ?? []) : [];
  return brought.some((name) => by.some((carrier) => name.startsWith(carrier)));
}
