/** What a native library is called by those who look for it, and the Debian packages that have it. Names of packages come from here only, never from a log. */
export interface NativeLibrary {
  /** Headers as an #include names them; the start of a path is enough. */
  readonly headers?: readonly string[];
  /** Shared objects without their versions: `libpq.so`. */
  readonly objects?: readonly string[];
  /** Names of pkg-config, CMake, Meson and `-l`, in small letters. */
  readonly names?: readonly string[];
  /** Programs. */
  readonly commands?: readonly string[];
  readonly build: readonly string[];
  readonly run: readonly string[];
}

/** What every native part needs to be compiled. */
export const compiler = ["gcc", "g++", "make", "libc6-dev"] as const;
