import { tipOf } from "./tip.js";

const bill = document.querySelector("#bill");
const tip = document.querySelector("#tip");
const show = () => (tip.textContent = `Tip: ${tipOf(Number(bill.value)).toFixed(2)}`);

bill.addEventListener("input", show);
show();
