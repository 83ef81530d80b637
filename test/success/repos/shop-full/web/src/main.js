async function show() {
  const answer = await fetch("/api/goods");
  const { goods } = await answer.json();
  const lines = goods.map(({ name, asked }) => {
    return Object.assign(document.createElement("li"), { textContent: `${name} (${asked})` });
  });
  document.querySelector("#goods").append(...lines);
}

void show();
