import { readFileSync } from "node:fs";
import { wordsOf } from "./words.js";

const text = readFileSync(new URL("poem.txt", import.meta.url), "utf8");
const words = wordsOf(text);

console.log(`${words.length} words, ${new Set(words).size} of them different`);
