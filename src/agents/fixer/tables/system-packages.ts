import { codeLibraries } from "./code-libraries.ts";
import { dataLibraries } from "./data-libraries.ts";
import type { NativeLibrary } from "./native-library.ts";
import { nativePrograms } from "./programs.ts";

/** Every native library and program that is known, by a name for people. */
export const nativeLibraries: Readonly<Record<string, NativeLibrary>> = {
  ...dataLibraries,
  ...codeLibraries,
  ...nativePrograms,
};
