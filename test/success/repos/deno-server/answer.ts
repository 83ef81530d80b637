export const answer = (a: number, b: number): number => a * b;
