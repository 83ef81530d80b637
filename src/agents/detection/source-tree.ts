/** A read-only look at a checkout. It never leaves the root, never follows a link out, and never reads without a limit. */
export interface SourceTree {
  /** True for a regular file or a link that stays inside. Paths are relative to the root, with `/`. */
  has(path: string): Promise<boolean>;
  /** Text of a file up to 512 KB; undefined when it is missing, too large, binary, or leads out of the tree. */
  read(path: string): Promise<string | undefined>;
  /** Names in a folder, sorted; folders end with "/". Empty when it is missing. */
  list(path: string): Promise<readonly string[]>;
  /** Every file below a folder, sorted, without `.git`, `node_modules`, `vendor`, virtual environments and the like; at most 20,000. */
  files(below?: string): Promise<readonly string[]>;
}
