/** A name and when it is due. */
export interface Due {
  readonly key: string;
  readonly atMs: number;
  readonly low: boolean;
}

/** Names by when they are due, earliest first: one timer serves them all. */
export class TimerHeap {
  readonly #heap: Due[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): Due | undefined {
    return this.#heap[0];
  }

  push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || parent.atMs <= due.atMs) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = due;
  }

  pop(): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      const left = heap[down];
      const right = heap[down + 1];
      if (left === undefined) break;
      const child = right !== undefined && right.atMs < left.atMs ? right : left;
      if (child === right) down += 1;
      if (last.atMs <= child.atMs) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = last;
    return first;
  }
}
