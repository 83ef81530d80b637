if (!(process.env.npm_config_user_agent ?? "").startsWith("yarn/")) {
  console.error('Use "yarn install" for installation in this project.');
  process.exit(1);
}
