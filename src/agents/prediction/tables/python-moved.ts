/** A name that a distribution no longer has under the module where code looks for it. */
export interface MovedName {
  /** Rule of the FixerAgent that knows the same trouble by its traceback. */
  readonly forestalls: string;
  readonly distribution: string;
  readonly modules: readonly string[];
  readonly names: readonly string[];
  /** First version without it; what is installed has to be older. */
  readonly gone: string;
  /** Further bounds that this one needs. */
  readonly besides?: readonly string[];
  /** Distributions that want a newer one: where one of these is named, nothing is bounded. */
  readonly unless?: readonly string[];
}

/** Names that programs still import; each was there, with or without a warning, until the version named. */
export const movedNames: readonly MovedName[] = [
  { forestalls: "P21", distribution: "pydantic", modules: ["pydantic"], names: ["BaseSettings", "PyObject", "Required"], gone: "2", unless: ["pydantic-settings", "sqlmodel", "pydantic-core"] },
  { forestalls: "P21", distribution: "pydantic", modules: ["pydantic.fields"], names: ["ModelField"], gone: "2", unless: ["pydantic-settings", "sqlmodel", "pydantic-core"] },
  { forestalls: "P18b", distribution: "jinja2", modules: ["jinja2"], names: ["Markup", "escape", "contextfilter", "environmentfilter", "evalcontextfilter", "contextfunction"], gone: "3.1", besides: ["markupsafe<2.1"], unless: ["flask", "quart"] },
  { forestalls: "P18c", distribution: "markupsafe", modules: ["markupsafe"], names: ["soft_unicode"], gone: "2.1", unless: ["flask", "jinja2", "werkzeug"] },
  { forestalls: "P18d", distribution: "itsdangerous", modules: ["itsdangerous"], names: ["json", "TimedJSONWebSignatureSerializer", "JSONWebSignatureSerializer"], gone: "2.1", unless: ["flask"] },
  { forestalls: "P18e", distribution: "flask", modules: ["flask"], names: ["_app_ctx_stack", "_request_ctx_stack", "json_available"], gone: "2.3", besides: ["werkzeug<3"] },
  { forestalls: "P18e", distribution: "flask", modules: ["flask"], names: ["Markup", "escape"], gone: "3", besides: ["werkzeug<3"] },
  { forestalls: "P22b", distribution: "django", modules: ["django.utils.encoding"], names: ["force_text", "smart_text"], gone: "4" },
  { forestalls: "P22b", distribution: "django", modules: ["django.utils.translation"], names: ["ugettext", "ugettext_lazy", "ugettext_noop", "ungettext"], gone: "4" },
  { forestalls: "P22b", distribution: "django", modules: ["django.conf.urls"], names: ["url"], gone: "4" },
  { forestalls: "P22e", distribution: "scipy", modules: ["scipy.linalg"], names: ["triu", "tril"], gone: "1.13" },
  { forestalls: "P22d", distribution: "python-telegram-bot", modules: ["telegram.ext"], names: ["Filters", "Dispatcher"], gone: "20" },
  { forestalls: "P22d", distribution: "moviepy", modules: ["moviepy.editor"], names: ["*"], gone: "2" },
  { forestalls: "P22d", distribution: "aiogram", modules: ["aiogram.utils"], names: ["executor"], gone: "3" },
]; // prettier-ignore
