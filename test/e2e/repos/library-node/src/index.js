const letters = [
  ["M", 1000],
  ["CM", 900],
  ["D", 500],
  ["CD", 400],
  ["C", 100],
  ["XC", 90],
  ["L", 50],
  ["XL", 40],
  ["X", 10],
  ["IX", 9],
  ["V", 5],
  ["IV", 4],
  ["I", 1],
];

/** 2026 → MMXXVI */
export function toRoman(number) {
  let rest = number;
  let text = "";
  for (const [letter, value] of letters) {
    while (rest >= value) {
      text += letter;
      rest -= value;
    }
  }
  return text;
}
