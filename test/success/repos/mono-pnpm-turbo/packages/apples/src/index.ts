/** What a number of apples costs, in crowns. */
export function price(apples: number): string {
  return `${(apples * 0.75).toFixed(2)} crowns`;
}
