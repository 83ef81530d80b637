const base = import.meta.env.VITE_API_URL || "http://localhost:4000";
const answer = await fetch(`${base}/tide`);
document.querySelector("#tide").textContent = (await answer.json()).tide;
