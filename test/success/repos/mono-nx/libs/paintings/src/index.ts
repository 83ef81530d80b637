/** What hangs in the first room. */
export const paintings = ["The Harbour at Night", "Two Pears"];
