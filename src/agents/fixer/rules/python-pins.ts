import { mend } from "../remedies.ts";
import type { Rule } from "../rule.ts";

interface Pin {
  readonly id: string;
  readonly seen: readonly RegExp[];
  readonly dependencies: readonly string[];
  /** `Build`: what builds other packages, not what the program loads. */
  readonly stage?: "Build";
  readonly because: string;
}

/** Packages whose newer lines broke those who did not bound them: what is bounded stands here, and nowhere in a log. */
const pins: readonly Pin[] = [
  {
    id: "P03",
    seen: [/No module named '?pkg_resources/],
    dependencies: ["setuptools<81"],
    because: "pkg_resources left setuptools; an older one is installed",
  },
  {
    id: "P06",
    seen: [/use_2to3 is invalid/],
    dependencies: ["setuptools<58"],
    stage: "Build",
    because: "a package is built by what setuptools 58 took away",
  },
  {
    id: "P07",
    seen: [/AttributeError: cython_sources|AttributeError: 'build_ext' object has no attribute 'cython_sources'/],
    dependencies: ["cython<3"],
    stage: "Build",
    because: "PyYAML of that age is built by Cython below 3",
  },
  {
    id: "P18",
    seen: [/cannot import name '(?:url_quote|url_decode|url_encode|safe_join|BaseResponse|parse_rule)' from 'werkzeug/],
    dependencies: ["werkzeug<2.1"],
    because: "its Flask wants an older Werkzeug",
  },
  {
    id: "P18b",
    seen: [/cannot import name '(?:escape|Markup|contextfilter|environmentfilter)' from 'jinja2'/],
    dependencies: ["jinja2<3.1", "markupsafe<2.1"],
    because: "its Flask wants an older Jinja2",
  },
  {
    id: "P18c",
    seen: [/cannot import name 'soft_unicode' from 'markupsafe'/],
    dependencies: ["markupsafe<2.1"],
    because: "its Jinja2 wants an older MarkupSafe",
  },
  {
    id: "P18d",
    seen: [/cannot import name 'json' from 'itsdangerous'/],
    dependencies: ["itsdangerous<2.1"],
    because: "its Flask wants an older itsdangerous",
  },
  {
    id: "P18e",
    seen: [
      /cannot import name '_app_ctx_stack' from 'flask'|cannot import name '_request_ctx_stack'|'Flask' object has no attribute 'before_first_request'/,
    ],
    dependencies: ["flask<2.3", "werkzeug<2.4"],
    because: "it is written for an older Flask",
  },
  {
    id: "P19",
    seen: [/module 'numpy' has no attribute '(?:float|int|bool|object|str|typeDict)'/],
    dependencies: ["numpy<1.24"],
    because: "it uses names that NumPy 1.24 took away",
  },
  {
    id: "P20",
    seen: [/compiled using NumPy 1\.x cannot be run in|numpy\.dtype size changed|_ARRAY_API not found/],
    dependencies: ["numpy<2"],
    because: "a package was compiled for NumPy 1",
  },
  {
    id: "P21",
    seen: [
      /`BaseSettings` has been moved|BaseSettings.{0,20}moved to the `?pydantic-settings|PydanticUserError|cannot import name '(?:validate_arguments|ModelField)' from 'pydantic/,
    ],
    dependencies: ["pydantic<2"],
    because: "it is written for Pydantic 1",
  },
  {
    id: "P22",
    seen: [
      /Textual SQL expression .{0,120}should be explicitly declared|has no attribute 'execute' .{0,20}Engine|'Engine' object has no attribute 'execute'|cannot import name '_ColumnEntity' from 'sqlalchemy/,
    ],
    dependencies: ["sqlalchemy<2"],
    because: "it is written for SQLAlchemy 1",
  },
  {
    id: "P22b",
    seen: [/cannot import name '(?:force_text|smart_text|ugettext|ugettext_lazy|url)' from 'django/],
    dependencies: ["django<4"],
    because: "it is written for Django 3",
  },
  {
    id: "P22c",
    seen: [/module 'bcrypt' has no attribute '__about__'|password cannot be longer than 72 bytes/],
    dependencies: ["bcrypt<4.1"],
    because: "passlib wants an older bcrypt",
  },
  {
    id: "P22d",
    seen: [/got an unexpected keyword argument 'proxies'/],
    dependencies: ["httpx<0.28"],
    because: "a client wants an older httpx",
  },
  {
    id: "P22e",
    seen: [/cannot import name 'triu' from 'scipy\.linalg'/],
    dependencies: ["scipy<1.13"],
    because: "gensim wants an older SciPy",
  },
  {
    id: "P22f",
    seen: [/module 'marshmallow' has no attribute '__(?:version|version_info|parsed_version)__'/],
    dependencies: ["marshmallow<4"],
    because: "a package of that age asks marshmallow for its version, which marshmallow 4 no longer tells so",
  },
];

/** Programs that do not bound what they depend on, and broke when it moved on. */
export const pythonPins: readonly Rule[] = pins.map(({ id, seen, dependencies, stage, because }): Rule => ({
  id,
  signature: "DependencyTooNew",
  layer: "Deps",
  remedy: dependencies.join(", "),
  of: ["python"],
  seen,
  answers: (found) =>
    mend(
      found,
      { kind: "AddDependencies", stage: stage ?? "Install", dependencies: [...dependencies] },
      `${because} (${dependencies.join(", ")})`,
    ),
}));
