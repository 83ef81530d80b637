const fs = require("node:fs");

console.log("warning: img elements must have an alt prop");
if (process.env.CI && process.env.CI !== "false") {
  console.error("\nTreating warnings as errors because process.env.CI = true.\nMost CI servers set it automatically.");
  process.exit(1);
}
fs.mkdirSync("built", { recursive: true });
fs.writeFileSync("built/page.html", "<p>built in spite of a warning</p>");
