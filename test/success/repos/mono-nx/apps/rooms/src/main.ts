async function show(): Promise<void> {
  const response = await fetch("/api/paintings");
  const paintings = (await response.json()) as string[];
  const list = document.querySelector("#paintings");
  if (list !== null) list.innerHTML = paintings.map((name) => `<li>${name}</li>`).join("");
}

void show();
