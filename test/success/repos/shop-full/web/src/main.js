const answer = await fetch("/api/goods");
const { goods } = await answer.json();
document.querySelector("#goods").append(
  ...goods.map(({ name, asked }) => Object.assign(document.createElement("li"), { textContent: `${name} (${asked})` })),
);
