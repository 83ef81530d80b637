exports.tick = () => "tick on Node " + process.version;
