document.body.style.background = "black";
