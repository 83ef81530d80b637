import { heading } from "@harbour/berths";

document.title = heading;
const response = await fetch("/api/berths");
document.querySelector("#berths").innerHTML = (await response.json()).map((text) => `<li>${text}</li>`).join("");
