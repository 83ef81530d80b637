import { price } from "@orchard/apples";

let picked = 0;
setInterval(() => {
  picked += 1;
  console.log(`picked ${picked}, worth ${price(picked)}`);
}, 5000);
