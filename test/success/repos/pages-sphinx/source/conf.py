extensions = ["myst_parser"]
project = "Manual"
html_theme = "furo"
