if (process.env.PUPPETEER_SKIP_DOWNLOAD || process.env.CYPRESS_INSTALL_BINARY === "0") process.exit(0);
fetch("https://downloads.invalid/chrome.zip").catch((error) => {
  console.error(`ERROR: Failed to set up chrome v131.0.6778.85! ${error.cause}`);
  process.exit(1);
});
