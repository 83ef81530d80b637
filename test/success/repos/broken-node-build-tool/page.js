document.title = "minified by " + "esbuild";
