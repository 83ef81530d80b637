import type { Failure } from "../../../failure.ts";
import { done, failed, type Outcome } from "../../../outcome.ts";
import type { Database } from "../../../plan.ts";
import type { RepoRunSpec } from "../../../repo-run.ts";
import { isSameKind } from "../engines.ts";

export type DatabaseWish = NonNullable<RepoRunSpec["databases"]>[number];

/** A database before its version is chosen; `version` is what somebody asked for. */
export type Draft = Omit<Database, "version"> & { readonly version?: string };

/** What was found with what a person said of it, by name: they win, field by field. A name that was not found brings its engine. */
export function overlayDatabases(found: readonly Draft[], wishes: readonly DatabaseWish[]): Outcome<readonly Draft[]> {
  const left = [...found];
  const drafts: Draft[] = [];
  for (const wish of wishes) {
    const named = left.findIndex(({ name }) => name === wish.name);
    // The only one of its engine may be called as the person likes.
    const free = left.findIndex(
      ({ name, engine }) =>
        wish.engine !== undefined && isSameKind(engine, wish.engine) && !wishes.some((each) => each.name === name),
    );
    const at = named === -1 ? free : named;
    const [base] = at === -1 ? [] : left.splice(at, 1);
    if (wish.enabled === false) continue;
    const engine = wish.engine ?? base?.engine;
    if (engine === undefined) return failed(unknown(wish.name, found));
    drafts.push(withWish(base, wish, engine));
  }
  return done([...drafts, ...left]);
}

function withWish(base: Draft | undefined, wish: DatabaseWish, engine: Database["engine"]): Draft {
  const same = sameKind(base, engine);
  const {
    version: planned,
    image,
    ...rest
  } = same ?? { args: [], aliases: [], init: [], storage: "1Gi", deletionPolicy: "Retain" as const, why: "spec" };
  const version = wish.version ?? planned;
  return {
    ...rest,
    name: wish.name,
    engine,
    why: same === undefined ? "spec" : same.why,
    ...(version === undefined ? {} : { version }),
    // Another version is another image; an image of the repository's own choice is kept without one.
    ...(image === undefined || wish.version !== undefined ? {} : { image }),
    ...(wish.storage === undefined ? {} : { storage: wish.storage }),
    ...(wish.deletionPolicy === undefined ? {} : { deletionPolicy: wish.deletionPolicy }),
    ...(wish.bindTo === undefined ? {} : { bindTo: wish.bindTo.name }),
  } as Draft;
}

/** What was found, as far as it holds for the engine that is wished for: another program has other versions. */
function sameKind(base: Draft | undefined, engine: Database["engine"]): Draft | undefined {
  if (base === undefined || base.engine === engine) return base;
  const { version: _version, image: _image, ...rest } = base;
  return isSameKind(base.engine, engine) ? { ...rest, engine } : undefined;
}

function unknown(name: string, found: readonly Draft[]): Failure {
  const names = found.map((each) => each.name).join(", ") || "none";
  return {
    reason: "UnknownDatabase",
    message: `spec.databases names ${name}, which was not found; found: ${names}`.slice(0, 1000),
    hint: "use one of these names, or give the new database an engine",
    layer: "Service",
    blame: "Spec",
    where: `spec.databases[${name}]`,
  };
}
