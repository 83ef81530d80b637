exports.drive = () => "driven without a browser";
