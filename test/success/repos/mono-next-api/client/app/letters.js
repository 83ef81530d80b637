"use client";

import { useEffect, useState } from "react";

export function Letters() {
  const [letters, setLetters] = useState([]);
  useEffect(() => {
    fetch(`${process.env.NEXT_PUBLIC_API_URL}/letters`)
      .then((response) => response.json())
      .then(setLetters);
  }, []);
  return letters.map(({ to, text }) => <p key={to}>{`${to}: ${text}`}</p>);
}
