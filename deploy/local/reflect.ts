/**
 * The part of `reflect-metadata` that @peculiar/x509's container (tsyringe) asks for: values kept beside a class. Import it before that library.
 */
const kept = new WeakMap<object, Map<unknown, unknown>>();

const metadata = {
  getMetadata: (key: unknown, target: object): unknown => kept.get(target)?.get(key),
  getOwnMetadata: (key: unknown, target: object): unknown => kept.get(target)?.get(key),
  defineMetadata: (key: unknown, value: unknown, target: object): void => {
    const own = kept.get(target) ?? new Map<unknown, unknown>();
    own.set(key, value);
    kept.set(target, own);
  },
};
if (!("getMetadata" in Reflect)) Object.assign(Reflect, metadata);
