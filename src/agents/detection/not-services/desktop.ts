import type { Service } from "../../../plan.ts";
import { readCodes, joinPath, serviceCodePaths } from "../../config/service-files.ts";
import { startedFiles } from "../../config/started-files.ts";
import { findInCode } from "../../config/code-text.ts";
import type { SourceTree } from "../source-tree.ts";
import type { NotService } from "./not-services.ts";

const hint =
  "a screen and a person at it are what it needs; if there is a server beside it, name its folder by --path or give spec.services a start";

/** Packages by which a program of each language draws windows, by the manifest that names them. */
const toolkits: readonly { readonly language: string; readonly file: string; readonly named: RegExp }[] = [
  {
    language: "node",
    file: "package.json",
    named: /"(?<name>electron|nw|@nodegui\/nodegui|neutralinojs|@tauri-apps\/cli)"[ \t]*:/,
  },
  {
    language: "rust",
    file: "Cargo.toml",
    named: /^[ \t]*(?<name>tauri|eframe|iced|bevy|gtk4?|slint|druid|fltk|winit|macroquad|ggez)[ \t]*=/m,
  },
  {
    language: "go",
    file: "go.mod",
    named:
      /^[ \t]*(?:require[ \t]+)?(?<name>fyne\.io\/fyne|gioui\.org|github\.com\/(?:hajimehoshi\/ebiten|wailsapp\/wails|gotk3\/gotk3|therecipe\/qt))[ /]/m,
  },
];

const pythonWindows =
  /(?<=^|\n)[ \t]*(?:import|from)[ \t]+(?<name>tkinter|Tkinter|customtkinter|PyQt[456]|PySide[26]|wx|kivy|kivymd|pygame|pyglet|arcade|turtle|dearpygui|pyautogui|pystray|PySimpleGUI|FreeSimpleGUI|eel|toga)\b/g;
const javaWindows =
  /\b(?:extends[ \t]+(?:JFrame|javax\.swing\.JFrame)|new[ \t]+JFrame\(|extends[ \t]+(?:javafx\.application\.)?Application[ \t]*\{|application[ \t]*\{[ \t\n]*Window\()/g;

/** Why a program that does not serve draws windows, and so cannot run here; undefined for all others. */
export async function desktopOf(tree: SourceTree, service: Service): Promise<NotService | undefined> {
  if (service.kind === "Web" || service.recipe.dockerfile !== undefined || service.recipe.image !== undefined)
    return undefined;
  const { language, path } = service;
  const toolkit = toolkits.find((each) => each.language === language);
  if (toolkit !== undefined) {
    const text = ((await tree.read(joinPath(path, toolkit.file) ?? toolkit.file)) ?? "").slice(0, 131_072);
    return desktop(toolkit.named.exec(text)?.groups?.["name"]);
  }
  if (language === "python") return desktop(await importedBy(tree, service, pythonWindows));
  return ["java", "kotlin"].includes(language) && (await importedBy(tree, service, javaWindows, "java")) !== undefined
    ? desktop("Swing, JavaFX or Compose")
    : undefined;
}

function desktop(name: string | undefined): NotService | undefined {
  return name === undefined ? undefined : { what: `a desktop program (${name})`, hint };
}

async function importedBy(
  tree: SourceTree,
  service: Service,
  pattern: RegExp,
  language: "python" | "java" = "python",
): Promise<string | undefined> {
  const sources = await readCodes(tree, (await serviceCodePaths(tree, service.path, [language])).slice(0, 120));
  const started = startedFiles(service, sources);
  for (const source of sources) {
    if (!started.has(source.path)) continue;
    const [found] = findInCode(source, pattern);
    if (found !== undefined) return found.groups["name"] ?? "windows";
  }
  return undefined;
}
