const books = await (await fetch("/api/books")).json();
document.querySelector("#books").innerHTML = books.map(({ title }) => `<li>${title}</li>`).join("");
