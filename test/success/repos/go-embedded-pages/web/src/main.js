const answer = await fetch("/api/height");
const { metres } = await answer.json();
document.querySelector("#height").textContent = `${metres} m`;
