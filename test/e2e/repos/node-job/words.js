export const wordsOf = (text) => text.toLowerCase().match(/[a-z]+/g) ?? [];
