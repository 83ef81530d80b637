export const tipOf = (bill) => bill * 0.12;
