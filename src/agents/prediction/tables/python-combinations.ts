/** Distributions that do not bound what they depend on, and fail with what their dependency has become. */
export interface Combination {
  readonly forestalls: string;
  /** The one that is named: versions from `from` on (default: any) and before `before` are meant. */
  readonly of: string;
  readonly from?: string;
  readonly before: string;
  /** What has to be older, each below its version: `["werkzeug", "3"]`. */
  readonly wants: readonly (readonly [distribution: string, below: string])[];
  readonly because: string;
}

/** Said only of what is not locked; where a manifest bounds the dependency itself, that is its word. */
export const combinations: readonly Combination[] = [
  { forestalls: "P18b", of: "flask", before: "2", wants: [["jinja2", "3.1"], ["markupsafe", "2.1"], ["itsdangerous", "2.1"], ["werkzeug", "2.1"]], because: "Flask 1 imports names that Jinja2 3.1, itsdangerous 2.1 and Werkzeug 2.1 no longer have" },
  { forestalls: "P18", of: "flask", from: "2", before: "2.2.5", wants: [["werkzeug", "3"]], because: "Flask 2 before 2.2.5 imports url_quote, which Werkzeug 3 no longer has" },
  { forestalls: "P18c", of: "jinja2", before: "3", wants: [["markupsafe", "2.1"]], because: "Jinja2 2 imports soft_unicode, which MarkupSafe 2.1 no longer has" },
  { forestalls: "P18", of: "flask-login", before: "0.6.3", wants: [["werkzeug", "3"], ["flask", "2.3"]], because: "Flask-Login before 0.6.3 imports url_decode, which Werkzeug 3 no longer has" },
  { forestalls: "P22", of: "flask-sqlalchemy", before: "3", wants: [["sqlalchemy", "2"], ["flask", "2.3"], ["werkzeug", "3"]], because: "Flask-SQLAlchemy 2 is written for SQLAlchemy 1 and Flask 2.2" },
  { forestalls: "P22d", of: "openai", from: "1", before: "1.55.3", wants: [["httpx", "0.28"]], because: "openai before 1.55.3 passes proxies, which httpx 0.28 no longer takes" },
  { forestalls: "P22d", of: "anthropic", before: "0.39", wants: [["httpx", "0.28"]], because: "anthropic before 0.39 passes proxies, which httpx 0.28 no longer takes" },
  { forestalls: "P22e", of: "gensim", from: "4", before: "4.3.3", wants: [["scipy", "1.13"]], because: "gensim before 4.3.3 imports triu, which SciPy 1.13 no longer has" },
  { forestalls: "P20", of: "pandas", before: "2.2", wants: [["numpy", "2"]], because: "pandas before 2.2 was compiled for NumPy 1" },
  { forestalls: "P20", of: "opencv-python-headless", before: "4.10", wants: [["numpy", "2"]], because: "OpenCV before 4.10 was compiled for NumPy 1" },
  { forestalls: "P20", of: "opencv-python", before: "4.10", wants: [["numpy", "2"]], because: "OpenCV before 4.10 was compiled for NumPy 1" },
]; // prettier-ignore

/** Versions of a distribution that fail on a line of Python although nothing of theirs is compiled. */
export interface Outgrown {
  readonly of: string;
  readonly from?: string;
  readonly before: string;
  /** The first line on which they fail. */
  readonly python: string;
  readonly because: string;
}

export const outgrown: readonly Outgrown[] = [
  { of: "sqlalchemy", from: "2", before: "2.0.31", python: "3.13", because: "SQLAlchemy 2.0 before 2.0.31 asserts what Python 3.13 adds to its classes" },
  { of: "pydantic", before: "1.10.19", python: "3.13", because: "Pydantic before 1.10.19 calls what Python 3.13 wants more of" },
  { of: "bottle", before: "0.13", python: "3.12", because: "Bottle before 0.13 imports imp, which left Python with 3.12" },
  { of: "tweepy", before: "4.15", python: "3.13", because: "tweepy before 4.15 imports imghdr, which left Python with 3.13" },
  { of: "python-telegram-bot", before: "20", python: "3.13", because: "python-telegram-bot before 20 imports imghdr, which left Python with 3.13" },
  { of: "discord-py", before: "2.5", python: "3.13", because: "discord.py before 2.5 imports audioop, which left Python with 3.13" },
  { of: "webob", before: "1.8.8", python: "3.13", because: "WebOb before 1.8.8 imports cgi, which left Python with 3.13" },
]; // prettier-ignore
