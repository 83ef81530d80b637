import { Letters } from "./letters";

export default function Page() {
  return (
    <main>
      <h1>Letters of the day</h1>
      <Letters />
    </main>
  );
}
