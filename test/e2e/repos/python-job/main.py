"""Counts primes and ends."""


def primes(limit: int) -> list[int]:
    found: list[int] = []
    for number in range(2, limit):
        if all(number % prime for prime in found):
            found.append(number)
    return found


if __name__ == "__main__":
    print(f"{len(primes(1000))} primes below 1000")
