const unused = 1;
const wind: number = "5";
document.getElementById("wind").textContent = `wind ${wind}`;
