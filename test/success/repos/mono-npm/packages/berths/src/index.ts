/** A place for one ship. */
export interface Berth {
  number: number;
  free: boolean;
}

export const heading = "Berths of the harbour";

export function describeBerth({ number, free }: Berth): string {
  return `berth ${number} is ${free ? "free" : "taken"}`;
}
