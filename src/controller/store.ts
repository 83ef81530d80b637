/** What every kept record has. */
export interface Kept {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Records by namespace and name, and by the run that their label names. */
export class Store<R extends Kept> {
  readonly #records = new Map<string, R>();
  readonly #byRun = new Map<string, R[]>();
  readonly #runOf: (record: R) => string | undefined;

  constructor(runOf: (record: R) => string | undefined = () => undefined) {
    this.#runOf = runOf;
  }

  get size(): number {
    return this.#records.size;
  }

  get(key: string): R | undefined {
    return this.#records.get(key);
  }

  /** In no particular order. */
  ofRun(namespace: string, run: string): readonly R[] {
    return this.#byRun.get(`${namespace}/${run}`) ?? [];
  }

  values(): Iterable<R> {
    return this.#records.values();
  }

  keys(): Iterable<string> {
    return this.#records.keys();
  }

  put(record: R): void {
    const key = keyOf(record);
    const before = this.#records.get(key);
    if (before) this.#unlink(before);
    this.#records.set(key, record);
    const run = this.#runOf(record);
    if (run === undefined) return;
    const at = `${record.namespace}/${run}`;
    const list = this.#byRun.get(at);
    if (list) list.push(record);
    else this.#byRun.set(at, [record]);
  }

  delete(key: string): void {
    const before = this.#records.get(key);
    if (!before) return;
    this.#unlink(before);
    this.#records.delete(key);
  }

  #unlink(record: R): void {
    const run = this.#runOf(record);
    if (run === undefined) return;
    const at = `${record.namespace}/${run}`;
    const rest = this.#byRun.get(at)?.filter((each) => each !== record) ?? [];
    if (rest.length > 0) this.#byRun.set(at, rest);
    else this.#byRun.delete(at);
  }
}

/** `namespace/name`. */
export function keyOf(object: { readonly namespace: string; readonly name: string }): string {
  return `${object.namespace}/${object.name}`;
}
