const api = "http://localhost:8000/api";

const birds = await (await fetch(`${api}/birds`)).json();
document.querySelector("#birds").innerHTML = birds.map(({ name }) => `<li>${name}</li>`).join("");
