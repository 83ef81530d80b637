const newline = 10;

/** Cuts a stream of chunks into lines without joining what need not be joined; what comes after the last newline waits for more. */
export class LineSplitter {
  #parts: Buffer[] = [];
  #size = 0;
  readonly #limitBytes: number;

  constructor(limitBytes = 8 * 1024 * 1024) {
    this.#limitBytes = limitBytes;
  }

  /** Hands on every line that is whole by now. */
  push(chunk: Buffer, take: (line: string) => void): void {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      const piece = chunk.subarray(from, at);
      from = at + 1;
      if (this.#parts.length === 0) {
        if (piece.length > 0) take(piece.toString("utf8"));
        continue;
      }
      this.#parts.push(piece);
      const line = Buffer.concat(this.#parts).toString("utf8");
      this.#parts = [];
      this.#size = 0;
      take(line);
    }
    if (from === chunk.length) return;
    const rest = chunk.subarray(from);
    this.#size += rest.length;
    if (this.#size > this.#limitBytes) throw new Error(`a line of more than ${this.#limitBytes} bytes`);
    this.#parts.push(rest);
  }
}
